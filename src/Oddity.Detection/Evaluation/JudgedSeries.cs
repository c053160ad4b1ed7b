namespace Oddity.Detection.Evaluation;

/// <summary>A labelled series and what a detector made of it: columns of equal length, one entry a row.</summary>
public sealed class JudgedSeries
{
    private IReadOnlyList<Segment>? _segments;

    /// <summary>The truth: rows that belong to an anomaly.</summary>
    public required bool[] Labels { get; init; }

    /// <summary>What raises an alarm, <see cref="Score.Value"/>: finite, higher is odder.</summary>
    public required double[] Alarms { get; init; }

    /// <summary>What ranks rows, <see cref="Score.Severity"/>.</summary>
    public required double[] Severities { get; init; }

    /// <summary>The shipped decision: rows that are odd by the detector's own threshold and the policy in force.</summary>
    public required bool[] Flags { get; init; }

    /// <summary>Time from the first row to the last.</summary>
    public TimeSpan Length { get; init; }

    /// <summary>The events, in order; found once.</summary>
    public IReadOnlyList<Segment> Segments => _segments ??= Segment.Of(Labels);
}
