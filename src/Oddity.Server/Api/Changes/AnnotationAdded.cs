namespace Oddity.Server.Api.Changes;

/// <summary>What Grafana's API says when it took an annotation.</summary>
internal sealed record AnnotationAdded(string Message, long Id);
