namespace Oddity.Connectors.Sources.Exposition;

/// <summary>How a body of exposition text is read.</summary>
public sealed record ExpositionOptions
{
    /// <summary>Time of samples without one of their own, Unix milliseconds.</summary>
    public required long DefaultTimeMs { get; init; }

    /// <summary>Whether it is OpenMetrics: times in seconds, exemplars, <c># EOF</c> at the end. Default false, the text format 0.0.4.</summary>
    public bool OpenMetrics { get; init; }

    /// <summary>Labels for every series, in place of its own of the same name. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];
}
