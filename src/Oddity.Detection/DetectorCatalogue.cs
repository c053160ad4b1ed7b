using Oddity.Detection.Detectors;

namespace Oddity.Detection;

/// <summary>Every detector there is. A new one is a file in Detectors, its test, and a line here.</summary>
public static class DetectorCatalogue
{
    /// <summary>What watches a series unless the configuration says otherwise.</summary>
    public const string Default = AdaptiveDetector.Id;

    /// <summary>What watches values that are measured together.</summary>
    public const string DefaultVector = IsolationForestDetector.Id;

    public static IReadOnlyList<DetectorEntry> All { get; } =
    [
        new(AdaptiveDetector.Id, "the default: many simple views, each judged by how rare its deviations were; learns seasons, cadence and tails",
            (parameters, _) => new AdaptiveDetector(parameters)) { CreateVector = (dimensions, parameters, _) => new VectorAdaptive(dimensions, parameters) },
        new(ZScoreDetector.Id, "standard deviations from the mean of the last minutes", (parameters, _) => new ZScoreDetector(parameters)),
        new(PercentileDetector.Id, "outside the 1st to 99th percentile of the last minutes", (parameters, _) => new PercentileDetector(parameters)),
        new(MovingAverageDetector.Id, "absolute distance from the mean of the last few samples", (parameters, _) => new MovingAverageDetector(parameters)),
        new(EwmaDetector.Id, "standard deviations from an exponentially weighted mean", (parameters, _) => new EwmaDetector(parameters)),
        new(IsolationForestDetector.Id, "easily parted from the others, far off, and so for three samples in a row",
            (parameters, seed) => new IsolationForestDetector(parameters, seed))
            {
                CreateVector = (dimensions, parameters, seed) => new VectorIsolationForest(dimensions, seed, parameters),
            },
        new(PcaDetector.Id, "not to be explained by how the values, or the last samples, usually go together",
            (parameters, _) => new PcaDetector(parameters)) { CreateVector = (dimensions, parameters, _) => PcaDetector.ForVector(dimensions, parameters) },
        new(MadDetector.Id, "distance from the median in median absolute deviations", (parameters, _) => new MadDetector(parameters)),
        new(StlDetector.Id, "far from trend plus season, decomposed by loess every hour", (parameters, _) => new StlDetector(parameters)),
        new(ProphetDetector.Id, "far from a forecast of trend, calendar waves and holidays", (parameters, _) => new ProphetDetector(parameters)),
        new(ThresholdDetector.Id, "fixed limits, above or below; needs no training", (parameters, _) => new ThresholdDetector(parameters)),
        new(RateOfChangeDetector.Id, "change per second larger than it ever was, or beyond a limit", (parameters, _) => new RateOfChangeDetector(parameters)),
        new(FlatlineDetector.Id, "a constant that is broken, or a value that is stuck", (parameters, _) => new FlatlineDetector(parameters)),
        new(RandomCutForestDetector.Id, "random cuts part the last eight samples from the others early", (parameters, seed) => new RandomCutForestDetector(parameters, seed)),
        new(HalfSpaceTreesDetector.Id, "value and change fall where few of the last window did", (parameters, seed) => new HalfSpaceTreesDetector(parameters, seed)),
        new(MatrixProfileDetector.Id, "a stretch of samples whose shape is like none before", (parameters, _) => new MatrixProfileDetector(parameters)),
        new(SpectralResidualDetector.Id, "what stands out of the window once its regular frequencies are taken away", (parameters, _) => new SpectralResidualDetector(parameters)),
        new(MissingDetector.Id, "a series that stopped for longer than its own cadence explains", (parameters, _) => new MissingDetector(parameters)),
        new(Ensemble.Id, "weighted votes of other detectors", Ensemble.Create),
    ];

    /// <summary>The entry of that id; null where there is none.</summary>
    public static DetectorEntry? Find(string id) => All.FirstOrDefault(entry => entry.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}
