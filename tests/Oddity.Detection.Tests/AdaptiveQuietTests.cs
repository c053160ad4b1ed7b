using Oddity.Detection.Detectors;
using Oddity.Detection.Statistics;

namespace Oddity.Detection.Tests;

public class AdaptiveQuietTests
{
    private const double FiveMinutes = 300_000, Hour = 3_600_000;

    [Theory]
    [InlineData(FiveMinutes, 95, 10, true)] // Eight hours are 96 samples.
    [InlineData(FiveMinutes, 96, 10, false)]
    [InlineData(FiveMinutes, 5, 11.9, true)]
    [InlineData(FiveMinutes, 5, 12.1, false)] // A clearly larger sum is a worse disturbance.
    [InlineData(Hour, 7, 10, true)]
    [InlineData(Hour, 8, 10, false)]
    [InlineData(120_000, 159, 10, true)] // 160 samples at most.
    [InlineData(120_000, 160, 10, false)]
    [InlineData(60_000, 1, 10, false)] // Not of fast series.
    public void After_an_alarm_of_ten_a_sum_is_covered(double intervalMs, int samplesAgo, double sum, bool covered)
    {
        var quiet = default(AdaptiveQuiet);
        quiet.Learn(alarm: true, 10);
        for (int i = 0; i < samplesAgo; i++) quiet.Learn(alarm: false, 1);
        quiet.Covers(sum, intervalMs).ShouldBe(covered);
    }

    [Fact]
    public void Before_the_first_alarm_nothing_is_covered() => default(AdaptiveQuiet).Covers(0.1, FiveMinutes).ShouldBeFalse();

    [Fact]
    public void A_slow_series_that_does_the_same_thing_again_within_hours_is_one_alarm()
    {
        var detector = new AdaptiveDetector();
        var random = new Random(5);
        var alarms = new List<int>();
        const int week = 7 * 288;
        for (int i = 0; i < week + 100; i++)
        {
            double value = 100 + random.NextDouble() + random.NextDouble() + (i is week or week + 20 or week + 60 ? 40 : 0);
            if (detector.Observe(new Sample(1_760_000_000_000 + (i * 300_000L), value)).Anomalous && i >= week) alarms.Add(i);
        }

        alarms.ShouldBe([week]);
    }
}
