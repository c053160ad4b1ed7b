using Oddity.Detection;
using Oddity.Engine.Series;

namespace Oddity.Engine.Anomalies;

/// <summary>
/// Plain methods that are asked, with no weight, once a sample is already odd: would they have called it odd too, from the same few samples? They cost
/// nothing while all is well and tell the reader how obvious the anomaly is.
/// </summary>
internal static class Witnesses
{
    private static readonly (string Id, DetectorParameters Parameters)[] Methods =
    [
        ("zscore", new([new("window_seconds", "1e9")])),
        ("percentile", new([new("window_seconds", "1e9")])),
        ("mad", new([new("window_seconds", "1e9")])),
    ];

    /// <summary>The detectors' votes followed by the witnesses'.</summary>
    /// <param name="votes">Those whose weight counted.</param>
    /// <param name="window">What was looked at; the sample in question is the last.</param>
    /// <param name="plan">What watches the series; a method it uses is no witness.</param>
    public static Vote[] Add(ReadOnlySpan<Vote> votes, ReadOnlySpan<Sample> window, WatchPlan plan)
    {
        var all = new List<Vote>(votes.Length + Methods.Length);
        foreach (Vote vote in votes) all.Add(vote);
        foreach ((string id, DetectorParameters parameters) in Methods)
        {
            if (id == plan.DetectorId || all.Exists(vote => vote.Detector == id) || DetectorCatalogue.Find(id) is not { } entry) continue;
            Detector witness = entry.Create(parameters, 1);
            Score score = default;
            foreach (Sample sample in window) score = witness.Observe(sample);
            all.Add(new(id, 0, score));
        }

        return [.. all];
    }
}
