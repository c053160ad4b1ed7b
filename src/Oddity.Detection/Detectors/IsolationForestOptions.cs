namespace Oddity.Detection.Detectors;

/// <summary>Parameters of the detector "isolation_forest", of one series and of several together. Read in one place, so that one section of a configuration serves both.</summary>
internal sealed class IsolationForestOptions(DetectorParameters parameters)
{
    /// <summary>Trees of the forest.</summary>
    public int Trees { get; } = parameters.Count("trees", 100, 1, 1000);

    /// <summary>One series: newest samples the forest is made from.</summary>
    public int History { get; } = parameters.Count("history", 256, 10, 4096);

    /// <summary>Share of rows that may be rare before anything is known of their scores; a prior, not a decision.</summary>
    public double Contamination { get; } = parameters.Number("contamination", 0.1, 0, 0.5);

    /// <summary>One series: weight of the newest sample in the exponential average that is looked at; 1 smooths nothing.</summary>
    public double SmoothingAlpha { get; } = parameters.Number("smoothing_alpha", 0.25, 0.001, 1);

    /// <summary>One series: a new forest every so many samples.</summary>
    public int BatchSize { get; } = parameters.Count("batch_size", 20, 2, 4096);

    /// <summary>One series: odd from so many rare samples in a row on.</summary>
    public int MinConsecutive { get; } = parameters.Count("min_consecutive", 3, 1, 1000);

    /// <summary>One series: standard deviations that a smoothed sample must be off besides.</summary>
    public double MinDistance { get; } = parameters.Number("min_distance", 3, 0, 1000);

    /// <summary>Several series: rows the first forest needs.</summary>
    public int FitAfterRows { get; } = parameters.Count("fit_after_rows", 40, 2, 4096);

    /// <summary>Several series: time the first forest needs.</summary>
    public long FitAfterMs { get; } = (long)(parameters.Number("fit_after_seconds", 120, 0, 1e9) * 1000);

    /// <summary>Several series: newest rows the forest is made from.</summary>
    public int VectorHistory { get; } = parameters.Count("vector_history", 512, 10, 4096);

    /// <summary>Several series: a new forest every so many rows, and at least a quarter of those it is made from; 0 for none after the first.</summary>
    public int RefitRows { get; } = parameters.Count("refit_rows", 40, 0, 1_000_000);

    /// <summary>Several series: standard deviations that one value must be off besides.</summary>
    public double MinVectorDistance { get; } = parameters.Number("min_vector_distance", 6, 0, 1000);
}
