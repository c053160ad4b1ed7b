namespace Oddity.Server.Api.Series;

/// <summary>A series that was deleted.</summary>
/// <param name="Deleted">Its canonical text.</param>
internal sealed record DeletedBody(string Deleted);
