namespace Oddity.Connectors.Sources.Prometheus;

/// <summary>One query over a range.</summary>
/// <param name="States">What it advances.</param>
/// <param name="Query">PromQL.</param>
/// <param name="Metric">The name its series get; null: they bear their own.</param>
/// <param name="StartMs">Time of the first value.</param>
/// <param name="EndMs">Time of the last value.</param>
internal sealed record PullRequest(IReadOnlyList<PullState> States, string Query, string? Metric, long StartMs, long EndMs);
