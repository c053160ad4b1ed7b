using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

/// <summary>Everything the conformance suite runs over: each entry of the catalogue, other parameters of some, and the detectors of several values.</summary>
/// <param name="Name">As the tests show it.</param>
/// <param name="Create">Makes one from a seed.</param>
internal sealed record Subject(string Name, Func<ulong, Detector> Create)
{
    /// <summary>The vote is exactly "outside the band".</summary>
    public bool VotesByBand { get; private init; }

    /// <summary>No vote inside the band.</summary>
    public bool SilentInBand { get; private init; }

    public static IReadOnlyList<Subject> All { get; } =
    [
        .. DetectorCatalogue.All.Select(entry => Of(entry.Id)),
        Of("zscore", ("include_current", "true"), ("min_count", "2")),
        Of("zscore", ("window_seconds", "1e9"), ("max_rows", "50"), ("min_deviation", "0.5")),
        Of("percentile", ("low", "0"), ("high", "100"), ("max_rows", "30"), ("window_seconds", "1e12")),
        Of("isolation_forest", ("min_consecutive", "1"), ("smoothing_alpha", "1"), ("history", "40")),
        Of("flatline", ("min_run", "3"), ("least_factor", "1"), ("min_changes", "1"), ("threshold", "0.1")),
        Of("rate_of_change", ("threshold", "0.2"), ("max_per_second", "1e6")),
        Of("half_space_trees", ("window", "50"), ("min_count", "10"), ("threshold", "0.1")),
        Of("random_cut_forest", ("trees", "3"), ("min_count", "16"), ("threshold", "0.1")),
        Of("spectral_residual", ("min_count", "10"), ("threshold", "0.1")),
        Of("matrix_profile", ("window", "9"), ("history", "100"), ("min_count", "16"), ("threshold", "0.1")),
        Of("missing", ("threshold", "0.2"), ("least_factor", "1")),
        Of("ensemble", ("members", "zscore=0.3, mad=0.3, percentile=0.4, threshold=alone"), ("threshold.above", "1e6")),
        Of("ensemble", ("members", "zscore=0.4, mad=0.3, percentile=0.3"), ("learn", "true")),
        Of("stl", ("slot_seconds", "1"), ("season_seconds", "20, 60"), ("refit_seconds", "30"), ("history_days", "1")),
        Of("stl", ("slot_seconds", "1"), ("exact", "true"), ("robust", "false"), ("seasonal", "9"), ("refit_seconds", "100"), ("history_days", "1")),
        Of("prophet", ("slot_seconds", "1"), ("refit_seconds", "30"), ("history_days", "1"), ("holidays", "one 2025-10-09, two 2025-10-10 2025-10-11")),
        Of("ensemble", ("members", "argus"), ("stl.slot_seconds", "1"), ("prophet.slot_seconds", "1"), ("stl.history_days", "1"), ("prophet.history_days", "1")),
        new("vector isolation forest", seed => new Vector(new VectorIsolationForest(3, seed))) { SilentInBand = true },
        new("vector isolation forest, once", seed => new Vector(new VectorIsolationForest(3, seed, With(("refit_rows", "0"), ("fit_after_seconds", "0"))))) { SilentInBand = true },
        new("vector adaptive", _ => new Vector(new VectorAdaptive(3))) { SilentInBand = true },
        new("vector pca", _ => new Vector(PcaDetector.ForVector(3, DetectorParameters.None))) { SilentInBand = true },
        new("per dimension", _ => new Vector(new PerDimension([new ZScoreDetector(), new MadDetector(), new EwmaDetector()]))) { SilentInBand = true },
    ];

    public override string ToString() => Name;

    private static Subject Of(string id, params (string Name, string Value)[] parameters)
    {
        (string, string)[] all = id == "threshold" && parameters.Length == 0 ? [("above", "60"), ("below", "-1e10")] : parameters;
        string name = all.Length == 0 ? id : $"{id}: {string.Join(", ", all.Select(one => $"{one.Item1} {one.Item2}"))}";
        return new(name, seed => DetectorCatalogue.Find(id)!.Create(With(all), seed))
        {
            VotesByBand = id is "zscore" or "percentile" or "mad" or "moving_average" or "ewma" or "threshold" or "rate_of_change",
            SilentInBand = id is not ("adaptive" or "ensemble" or "missing" or "random_cut_forest" or "matrix_profile"),
        };
    }

    /// <summary>Lets a detector of three values see one series: the value, half of it, and the same number always.</summary>
    private sealed class Vector(VectorDetector detector) : Detector
    {
        public override Score Observe(in Sample sample)
        {
            Score score = detector.Observe(sample.TimeMs, [sample.Value, sample.Value / 2, 7]);
            // The band is the leading value's; told as one of the first value.
            return detector.Leading switch
            {
                0 => score,
                1 => score with { Expected = Twice(score.Expected), Lower = 2 * score.Lower, Upper = 2 * score.Upper },
                _ => score with { Lower = double.NegativeInfinity, Upper = double.PositiveInfinity },
            };
        }

        public override void Save(StateWriter writer) => detector.Save(writer);

        public override void Load(StateReader reader) => detector.Load(reader);

        private static double Twice(double value) => Math.Clamp(2 * value, double.MinValue, double.MaxValue);
    }
}
