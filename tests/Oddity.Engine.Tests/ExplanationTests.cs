using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

/// <summary>What people read, word for word.</summary>
public class ExplanationTests
{
    private const long Noon = 1_700_000_000_000;

    private static readonly SeriesKey Key = SeriesKey.Create("default", "cpu", [new("host", "a")]);

    [Fact]
    public void It_says_what_how_far_since_when_who_agreed_and_what_would_have_kept_it_silent() =>
        Text(Of(value: 98, expected: 29, lower: 20, upper: 41)).ShouldBe(
            "cpu{host=\"a\"} was 98 at 2023-11-14 22:13:20 UTC, 3.379 times the expected 29 and 57 above the normal band (20 to 41). Decided by: z-score (8.2). "
            + "It has been odd since 2023-11-14 22:13:20 UTC (2 samples so far). adaptive and zscore called it odd; percentile did not. Between 20 and 41 it would have stayed silent.");

    [Fact]
    public void A_fall_is_told_as_one() =>
        Text(Of(value: 12, expected: 30, lower: 20, upper: 41)).ShouldContain("60 % below the expected 30 and 8 below the normal band (20 to 41).");

    [Fact]
    public void A_limit_is_no_expectation() =>
        Text(Of(value: 92.3, expected: 85, lower: double.NegativeInfinity, upper: 85)).ShouldContain("UTC, 7.3 above the limit of 85.");

    [Theory]
    [InlineData(0, "5 above the expected 0")]
    [InlineData(-2, "7 above the expected -2")]
    [InlineData(4.8, "4.2 % above the expected 4.8")]
    public void Zero_and_negative_expectations_have_no_ratio(double expected, string words) =>
        Text(Of(value: 5, expected, lower: double.NegativeInfinity, upper: 4.9)).ShouldContain(words);

    [Fact]
    public void One_that_is_over_says_how_long_it_was() =>
        Text(Of(value: 98, expected: 29, lower: 20, upper: 41) with { EndMs = Noon + 60_000, Count = 5 })
            .ShouldContain("It was odd from 2023-11-14 22:13:20 UTC to 2023-11-14 22:14:20 UTC (5 samples).");

    private static string Text(Anomaly anomaly) => Explanation.Of(anomaly);

    private static Anomaly Of(double value, double expected, double lower, double upper) =>
        ManualAnomaly.Of(Key, Noon, value, Severity.High, "") with
        {
            EndMs = null,
            Expected = expected,
            Lower = lower,
            Upper = upper,
            Statistic = 8.2,
            Term = "z-score",
            Count = 2,
            Votes = [Vote("adaptive", true), Vote("zscore", true), Vote("percentile", false)],
        };

    private static Vote Vote(string detector, bool odd) =>
        new(detector, 1, new() { Value = 1, Expected = 0, Lower = 0, Upper = 0, Anomalous = odd, Term = "" });
}
