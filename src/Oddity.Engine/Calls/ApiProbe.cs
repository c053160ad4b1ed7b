namespace Oddity.Engine.Calls;

/// <summary>How an API is probed: one GET every interval.</summary>
/// <param name="IntervalSeconds">Time between probes, 10 to 86,400 s. Default 60.</param>
/// <param name="TimeoutMs">How long an answer may take, 100 to 10,000 ms. Default 5,000.</param>
/// <param name="ExpectedStatus">The status that counts as success; null: any from 200 to 399.</param>
public sealed record ApiProbe(int IntervalSeconds, int TimeoutMs, int? ExpectedStatus);
