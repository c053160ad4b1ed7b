using Oddity.Detection;
using Oddity.Engine.Anomalies;

namespace Oddity.Server.Api.Anomalies;

/// <summary>
/// An anomaly as every route shows it: one shape with the fields of all the systems it stands in for. Numbers that are not finite are null.
/// </summary>
internal sealed record AnomalyBody
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The series' canonical text, <c>name{label="value"}</c>.</summary>
    public required string Series { get; init; }

    public required string Metric { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required string Tenant { get; init; }

    /// <summary>Id of what watches the series.</summary>
    public required string Detector { get; init; }

    /// <summary>The same as <c>detector</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The methods that voted for it.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>Time of the first odd sample.</summary>
    public required string Start { get; init; }

    /// <summary>Time of the last odd sample once it is over; null while it goes on.</summary>
    public string? End { get; init; }

    /// <summary>Time of the latest odd sample.</summary>
    public required string LastOdd { get; init; }

    /// <summary>Time of the sample the evidence is from, the oddest so far.</summary>
    public required string Peak { get; init; }

    /// <summary>The same as <c>start</c>.</summary>
    public required string DetectedAt { get; init; }

    /// <summary>The start as Unix seconds.</summary>
    public required double Timestamp { get; init; }

    public required bool Ongoing { get; init; }

    /// <summary>Odd samples so far.</summary>
    public required int Count { get; init; }

    public double? Value { get; init; }

    public double? Expected { get; init; }

    /// <summary>Lower end of the normal band; null for none.</summary>
    public double? Lower { get; init; }

    /// <summary>Upper end of the normal band; null for none.</summary>
    public double? Upper { get; init; }

    /// <summary>Value less expected.</summary>
    public double? Deviation { get; init; }

    /// <summary>0 to 1, calibrated alike for every detector.</summary>
    public double? Score { get; init; }

    /// <summary>The figure that decided, in the unit of <c>term</c>.</summary>
    public double? Statistic { get; init; }

    public required string Term { get; init; }

    /// <summary>The z-score, where one was computed.</summary>
    public double? ZScore { get; init; }

    /// <summary>info, low, medium, high or critical.</summary>
    public required string Severity { get; init; }

    /// <summary>open, acknowledged, resolved or false_positive.</summary>
    public required string Status { get; init; }

    public string? StatusBy { get; init; }

    public string? StatusAt { get; init; }

    public string? Note { get; init; }

    /// <summary>In words, made of the numbers here alone.</summary>
    public required string Explanation { get; init; }

    /// <summary>The term that decided.</summary>
    public required string Reason { get; init; }

    /// <summary>First sentence of the explanation.</summary>
    public required string RootCause { get; init; }

    /// <summary>Severity in capitals and how far from normal.</summary>
    public required string Impact { get; init; }

    public required IReadOnlyList<VoteBody> Votes { get; init; }

    public required ContextBody Context { get; init; }

    /// <summary>The settings that were in force.</summary>
    public required IReadOnlyDictionary<string, string> Config { get; init; }

    /// <summary>What was looked at.</summary>
    /// <param name="Window">The samples before the anomaly and the first odd one, as [unix seconds, value].</param>
    internal sealed record ContextBody(IReadOnlyList<double[]> Window);

    public static AnomalyBody From(Anomaly anomaly) => new()
    {
        Id = anomaly.Id,
        Series = anomaly.Series.Text,
        Metric = anomaly.Series.Metric,
        Labels = Json.Map(anomaly.Series.Labels),
        Tenant = anomaly.Series.Tenant,
        Detector = anomaly.Detector,
        Method = anomaly.Detector,
        Methods = [.. anomaly.Methods],
        Start = Times.Iso(anomaly.StartMs),
        End = Times.Iso(anomaly.EndMs),
        LastOdd = Times.Iso(anomaly.LastOddMs),
        Peak = Times.Iso(anomaly.PeakMs),
        DetectedAt = Times.Iso(anomaly.StartMs),
        Timestamp = Times.Seconds(anomaly.StartMs),
        Ongoing = anomaly.EndMs is null,
        Count = anomaly.Count,
        Value = Json.Finite(anomaly.Value),
        Expected = Json.Finite(anomaly.Expected),
        Lower = Json.Finite(anomaly.Lower),
        Upper = Json.Finite(anomaly.Upper),
        Deviation = Json.Finite(anomaly.Value - anomaly.Expected),
        Score = Json.Finite(anomaly.Score),
        Statistic = Json.Finite(anomaly.Statistic),
        Term = anomaly.Term,
        ZScore = Json.Finite(ZScoreOf(anomaly)),
        Severity = Words.Of(anomaly.Severity),
        Status = Words.Of(anomaly.Status),
        StatusBy = anomaly.StatusBy,
        StatusAt = Times.Iso(anomaly.StatusAtMs),
        Note = anomaly.Note,
        Explanation = anomaly.Explanation,
        Reason = anomaly.Term,
        RootCause = FirstSentence(anomaly.Explanation),
        Impact = ImpactOf(anomaly),
        Votes = [.. anomaly.Votes.Select(VoteBody.From)],
        Context = new([.. anomaly.Window.Select(sample => new[] { Times.Seconds(sample.TimeMs), sample.Value })]),
        Config = anomaly.Configuration,
    };

    private static double ZScoreOf(Anomaly anomaly)
    {
        if (IsZScore(anomaly.Term)) return anomaly.Statistic;
        foreach (Vote vote in anomaly.Votes)
        {
            if (IsZScore(vote.Score.Term)) return vote.Score.Statistic;
        }

        return double.NaN;
    }

    private static bool IsZScore(string term) => term.StartsWith("z-score", StringComparison.Ordinal);

    /// <summary>Up to the first full stop that ends a word, so that numbers such as 1.5 stay whole.</summary>
    private static string FirstSentence(string text)
    {
        int end = text.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? text : text[..(end + 1)];
    }

    private static string ImpactOf(Anomaly anomaly)
    {
        double change = anomaly.Value - anomaly.Expected;
        string side = change >= 0 ? "above" : "below";
        string severity = Words.Of(anomaly.Severity).ToUpperInvariant();
        return double.IsFinite(change) && change != 0
            ? FormattableString.Invariant($"{severity}: {anomaly.Series.Metric} is {Math.Abs(change):G4} {side} the expected {anomaly.Expected:G4}.")
            : $"{severity}: {anomaly.Series.Metric} is odd.";
    }
}
