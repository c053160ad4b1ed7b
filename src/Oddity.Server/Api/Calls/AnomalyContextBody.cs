using Oddity.Server.Api.Changes;

namespace Oddity.Server.Api.Calls;

/// <summary>What lies around an anomaly: the changes of the half hour before its end, newest first, and example traces of what it is about.</summary>
internal sealed record AnomalyContextBody(IReadOnlyList<ChangeBody> Changes, IReadOnlyList<string> Traces);
