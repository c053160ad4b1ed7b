namespace Oddity.Engine.Anomalies;

/// <summary>Which anomalies to list, newest start first. Null filters take all.</summary>
public sealed record AnomalyQuery
{
    public required string Tenant { get; init; }

    /// <summary>Least start time, Unix milliseconds, inclusive.</summary>
    public long? FromMs { get; init; }

    /// <summary>Greatest start time, exclusive.</summary>
    public long? ToMs { get; init; }

    /// <summary>Exactly these severities.</summary>
    public IReadOnlyCollection<Severity>? Severities { get; init; }

    public IReadOnlyCollection<AnomalyStatus>? Statuses { get; init; }

    /// <summary>Detector id, or a method that voted for it.</summary>
    public string? Method { get; init; }

    /// <summary>A series' canonical text, which takes that series alone, or else what the texts of series contain, any case.</summary>
    public string? Series { get; init; }

    /// <summary>True: only those that go on; false: only those that are over.</summary>
    public bool? Ongoing { get; init; }

    /// <summary>1 to 1,000. Default 100.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Where the page before ended; null for the first page.</summary>
    public string? Cursor { get; init; }
}
