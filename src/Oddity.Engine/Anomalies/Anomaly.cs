using Oddity.Detection;
using Oddity.Engine.Series;

namespace Oddity.Engine.Anomalies;

/// <summary>
/// A span of event time in which a series was odd, with its evidence. The evidence (value, expected, band, score, votes, window) is that of the
/// oddest sample so far. Immutable; a later state of the same anomaly has the same <see cref="Id"/>.
/// </summary>
public sealed record Anomaly
{
    private readonly string? _explanation;

    /// <summary>32 hexadecimal digits: a hash of tenant, series, rule revision and start, so that a replay finds the same anomaly again.</summary>
    public required string Id { get; init; }

    public required SeriesKey Series { get; init; }

    /// <summary>Of a vector, the series whose value stood out most, which the evidence is of; null where that is <see cref="Series"/> itself.</summary>
    public SeriesKey? Subject { get; init; }

    /// <summary>Id of what watches the series: a detector's, "ensemble", or "manual" for one that was reported by hand.</summary>
    public required string Detector { get; init; }

    /// <summary>Event time of the first odd sample, Unix milliseconds.</summary>
    public required long StartMs { get; init; }

    /// <summary>Event time of the last odd sample, once it is over; null while it goes on.</summary>
    public long? EndMs { get; init; }

    /// <summary>Event time of the latest odd sample.</summary>
    public required long LastOddMs { get; init; }

    /// <summary>Event time of the sample the evidence is from.</summary>
    public required long PeakMs { get; init; }

    public required double Value { get; init; }

    public required double Expected { get; init; }

    /// <summary>Lower end of the normal band; −∞ for none.</summary>
    public required double Lower { get; init; }

    /// <summary>Upper end of the normal band; +∞ for none.</summary>
    public required double Upper { get; init; }

    /// <summary>0 to 1, calibrated: see <see cref="Score.Value"/>.</summary>
    public required double Score { get; init; }

    /// <summary>The figure that decided, in the unit of <see cref="Term"/>.</summary>
    public required double Statistic { get; init; }

    /// <summary>The term that decided, such as "z-score".</summary>
    public required string Term { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>Odd samples in the span.</summary>
    public required int Count { get; init; }

    /// <summary>Who voted how on the sample the evidence is from.</summary>
    public required IReadOnlyList<Vote> Votes { get; init; }

    /// <summary>The samples that were looked at before the anomaly began and the first odd one, oldest first; at most 64.</summary>
    public required IReadOnlyList<Sample> Window { get; init; }

    /// <summary>The settings that were in force, by name.</summary>
    public required IReadOnlyDictionary<string, string> Configuration { get; init; }

    /// <summary>
    /// What, how far from normal, since when, which methods agreed, what would have kept it silent: made of the numbers above alone, when somebody reads it.
    /// Somebody's own words where they reported it.
    /// </summary>
    public string Explanation
    {
        get => _explanation ?? Anomalies.Explanation.Of(this);
        init => _explanation = value;
    }

    /// <summary>Somebody's own words; null where the explanation is made of the numbers.</summary>
    internal string? OwnWords => _explanation;

    public AnomalyStatus Status { get; init; }

    /// <summary>Who set the status; null while nobody has.</summary>
    public string? StatusBy { get; init; }

    /// <summary>When the status was set, Unix milliseconds of the wall clock.</summary>
    public long? StatusAtMs { get; init; }

    /// <summary>What that person wrote; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Ids of the methods that voted for it, in the order of <see cref="Votes"/>.</summary>
    public IEnumerable<string> Methods => Votes.Where(vote => vote.Score.Anomalous).Select(vote => vote.Detector);
}
