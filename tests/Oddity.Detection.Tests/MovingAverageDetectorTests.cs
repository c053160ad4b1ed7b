using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class MovingAverageDetectorTests
{
    [Theory]
    [InlineData(32, false)]
    [InlineData(32.001, true)]
    [InlineData(-8, false)]
    [InlineData(-8.001, true)]
    public void More_than_20_from_the_mean_of_the_last_five_is_odd(double value, bool odd)
    {
        Score score = Last(new MovingAverageDetector(), 1000, 10, 11, 12, 13, 14, value);
        score.Expected.ShouldBe(12);
        score.Anomalous.ShouldBe(odd);
    }

    [Fact]
    public void Five_samples_make_the_first_mean()
    {
        Last(new MovingAverageDetector(), 1, 1, 1, 1, 100).WarmingUp.ShouldBeTrue();
        Last(new MovingAverageDetector(), 1, 1, 1, 1, 1, 100).Anomalous.ShouldBeTrue();
    }

    [Fact]
    public void Its_score_knows_how_the_series_varies()
    {
        var random = new Random(3);
        double[] wild = [.. Enumerable.Range(0, 500).Select(_ => 30 * Gauss(random))], calm = [.. Enumerable.Range(0, 500).Select(_ => Gauss(random))];
        Last(new MovingAverageDetector(), [.. wild, 40]).Value.ShouldBeLessThan(0.15);
        Last(new MovingAverageDetector(), [.. calm, 40]).Value.ShouldBeGreaterThan(0.9);
    }
}
