using System.Globalization;
using System.Text;
using Oddity.Detection;
using Oddity.Engine.Series;

namespace Oddity.Engine.Anomalies;

/// <summary>
/// Says in words what the numbers of an anomaly say: what, how far from normal, since when, which methods agreed, and what would have kept it silent.
/// Made of those numbers alone, so the same anomaly always reads the same.
/// </summary>
internal static class Explanation
{
    /// <summary>What there is to say of an anomaly.</summary>
    public static string Of(Anomaly anomaly)
    {
        var text = new StringBuilder();
        if (anomaly.Term.StartsWith(Score.NoSample, StringComparison.Ordinal)) Silence(text, anomaly);
        else What(text, (anomaly.Subject ?? anomaly.Series).Text, anomaly.PeakMs, anomaly.Value, anomaly.Expected, anomaly.Lower, anomaly.Upper);
        if (anomaly.Subject is not null) text.Append(CultureInfo.InvariantCulture, $" It stood out most among the values of {anomaly.Series.Text} taken together.");
        text.Append(CultureInfo.InvariantCulture, $" Decided by: {anomaly.Term} ({Number(anomaly.Statistic)}).");
        SinceWhen(text, anomaly);
        WhoAgreed(text, anomaly.Votes);
        WhatIfNot(text, anomaly.Lower, anomaly.Upper);
        return text.ToString();
    }

    public static string OfPrediction(SeriesKey series, in Sample sample, in Score score, IReadOnlyList<Vote> votes)
    {
        var text = new StringBuilder();
        if (score.WarmingUp && !score.Anomalous) return text.Append(CultureInfo.InvariantCulture, $"{series.Text}: too little was seen to judge {Number(sample.Value)} yet.").ToString();
        What(text, series.Text, sample.TimeMs, sample.Value, score.Expected, score.Lower, score.Upper);
        text.Append(score.Anomalous ? " This would be an anomaly." : " This is normal.");
        WhoAgreed(text, votes);
        if (score.Anomalous) WhatIfNot(text, score.Lower, score.Upper);
        return text.ToString();
    }

    private static void Silence(StringBuilder text, Anomaly anomaly) =>
        text.Append(CultureInfo.InvariantCulture, $"{anomaly.Series.Text} had no sample for {Number(anomaly.Statistic)} s up to {Time(anomaly.PeakMs)}.");

    private static void What(StringBuilder text, string series, long timeMs, double value, double expected, double lower, double upper)
    {
        text.Append(CultureInfo.InvariantCulture, $"{series} was {Number(value)} at {Time(timeMs)}, ");
        if (value > upper && expected == upper)
        {
            // A limit somebody set is no expectation.
            text.Append(CultureInfo.InvariantCulture, $"{Number(value - upper)} above the limit of {Number(upper)}.");
            return;
        }

        if (value < lower && expected == lower)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Number(lower - value)} below the limit of {Number(lower)}.");
            return;
        }

        text.Append(Comparison(value, expected));
        if (value > upper) text.Append(CultureInfo.InvariantCulture, $" and {Number(value - upper)} above the normal band{Band(lower, upper)}");
        else if (value < lower) text.Append(CultureInfo.InvariantCulture, $" and {Number(lower - value)} below the normal band{Band(lower, upper)}");
        text.Append('.');
    }

    private static string Comparison(double value, double expected)
    {
        if (value == expected) return "as expected";
        double ratio = value / expected;
        string expectedText = Number(expected);
        if (double.IsFinite(ratio) && ratio >= 2) return FormattableString.Invariant($"{Number(ratio)} times the expected {expectedText}");
        if (double.IsFinite(ratio) && expected > 0 && ratio >= 0) return FormattableString.Invariant($"{Percent(Math.Abs(ratio - 1) * 100)} % {(value > expected ? "above" : "below")} the expected {expectedText}");
        return FormattableString.Invariant($"{Number(Math.Abs(value - expected))} {(value > expected ? "above" : "below")} the expected {expectedText}");
    }

    private static string Band(double lower, double upper) =>
        double.IsFinite(lower) && double.IsFinite(upper) ? $" ({Number(lower)} to {Number(upper)})"
        : double.IsFinite(upper) ? $" (up to {Number(upper)})"
        : $" (from {Number(lower)})";

    private static void SinceWhen(StringBuilder text, Anomaly anomaly)
    {
        string samples = anomaly.Count == 1 ? "1 sample" : FormattableString.Invariant($"{anomaly.Count} samples");
        text.Append(anomaly.EndMs is { } end
            ? anomaly.StartMs == end ? $" It was odd for {samples} only." : FormattableString.Invariant($" It was odd from {Time(anomaly.StartMs)} to {Time(end)} ({samples}).")
            : FormattableString.Invariant($" It has been odd since {Time(anomaly.StartMs)} ({samples} so far)."));
    }

    private static void WhoAgreed(StringBuilder text, IReadOnlyList<Vote> votes)
    {
        string[] agreed = [.. votes.Where(vote => vote.Score.Anomalous).Select(vote => vote.Detector)];
        string[] not = [.. votes.Where(vote => !vote.Score.Anomalous && !vote.Score.WarmingUp).Select(vote => vote.Detector)];
        if (agreed.Length > 0) text.Append(CultureInfo.InvariantCulture, $" {List(agreed)} called it odd");
        if (agreed.Length > 0 && not.Length > 0) text.Append(CultureInfo.InvariantCulture, $"; {List(not)} did not");
        if (agreed.Length > 0) text.Append('.');
    }

    private static void WhatIfNot(StringBuilder text, double lower, double upper)
    {
        if (double.IsFinite(lower) && double.IsFinite(upper)) text.Append(CultureInfo.InvariantCulture, $" Between {Number(lower)} and {Number(upper)} it would have stayed silent.");
        else if (double.IsFinite(upper)) text.Append(CultureInfo.InvariantCulture, $" At {Number(upper)} or below it would have stayed silent.");
        else if (double.IsFinite(lower)) text.Append(CultureInfo.InvariantCulture, $" At {Number(lower)} or above it would have stayed silent.");
    }

    private static string List(string[] names) => names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";

    /// <summary>Whole per cents from ten on, one digit below.</summary>
    private static string Percent(double value) => value.ToString(value >= 10 ? "0" : "0.#", CultureInfo.InvariantCulture);

    /// <summary>Four significant digits, no more zeros than needed.</summary>
    private static string Number(double value)
    {
        double size = Math.Abs(value);
        if (size is >= 1e15 or (< 1e-4 and > 0)) return value.ToString("0.###e+0", CultureInfo.InvariantCulture);
        int digits = size == 0 ? 0 : Math.Clamp(3 - (int)Math.Floor(Math.Log10(size)), 0, 8);
        return Math.Round(value, digits).ToString("0.########", CultureInfo.InvariantCulture);
    }

    private static string Time(long timeMs) =>
        timeMs is > -62135596800000 and < 253402300800000
            ? DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
            : FormattableString.Invariant($"{timeMs} ms");
}
