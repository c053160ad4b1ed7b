namespace Oddity.Server.Api.Health;

/// <summary>The figures of the overview page. Totals count since the server started.</summary>
/// <param name="Version">Such as "0.1.0".</param>
/// <param name="UptimeSeconds">Since the process began to serve.</param>
/// <param name="Series">Series of the tenant.</param>
/// <param name="SamplesTotal">Samples applied.</param>
/// <param name="SamplesPerSecond">The same over the last seconds.</param>
/// <param name="QueueDepth">Batches on disk that are not applied yet.</param>
/// <param name="AnomaliesTotal">Anomalies that began.</param>
/// <param name="Ongoing">Anomalies that go on, 1000 at most.</param>
/// <param name="Watchers">Dashboards that listen.</param>
/// <param name="RecoveryProgress">Share of the log that is applied, 0 to 1.</param>
/// <param name="Sources">What the server fetches by itself, and how that goes.</param>
internal sealed record StatusBody(
    string Version,
    double UptimeSeconds,
    int Series,
    long SamplesTotal,
    double SamplesPerSecond,
    int QueueDepth,
    long AnomaliesTotal,
    int Ongoing,
    int Watchers,
    double RecoveryProgress,
    IReadOnlyList<StatusBody.SourceBody> Sources)
{
    /// <param name="Id">Name of the source.</param>
    /// <param name="State">ok, failing or off.</param>
    /// <param name="Detail">What it brings, or why it fails; null for nothing to say.</param>
    /// <param name="LastSuccess">When samples last came; null if never.</param>
    internal sealed record SourceBody(string Id, string State, string? Detail, string? LastSuccess);
}
