using Oddity.Detection;

namespace Oddity.Engine.Series;

/// <summary>Who watches the series that a pattern fits.</summary>
/// <param name="Match">A metric name or canonical series text, <c>*</c> for any run of characters.</param>
/// <param name="Detector">Detector id, or "none".</param>
/// <param name="Parameters">Parameters on top of <see cref="WatchOptions.Parameters"/>.</param>
/// <param name="Policy">Null: the default policy.</param>
public sealed record WatchRule(string Match, string Detector, IReadOnlyDictionary<string, string> Parameters, PolicyOptions? Policy = null);
