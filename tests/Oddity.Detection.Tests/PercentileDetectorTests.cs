using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class PercentileDetectorTests
{
    [Fact]
    public void The_band_goes_from_the_first_to_the_99th_percentile()
    {
        Score score = Last(new PercentileDetector(), [.. Enumerable.Range(0, 101), 99.5]);
        score.Lower.ShouldBe(1, 1e-6);
        score.Upper.ShouldBe(99, 1e-6);
        score.Expected.ShouldBe(50);
        score.Anomalous.ShouldBeTrue();
        score.Term.ShouldBe("above the high percentile");
    }

    [Fact]
    public void Below_the_low_percentile_is_odd_too() => Last(new PercentileDetector(), [.. Enumerable.Range(0, 101), -5]).Term.ShouldBe("below the low percentile");

    [Fact]
    public void Percentiles_can_be_chosen() => Last(new PercentileDetector(With(("low", "10"), ("high", "90"))), [.. Enumerable.Range(0, 101), 50]).Upper.ShouldBe(90, 1e-6);

    [Fact]
    public void The_window_may_be_so_many_rows()
    {
        var detector = new PercentileDetector(With(("window_seconds", "1e9"), ("max_rows", "50")));
        for (int i = 0; i < 500; i++) detector.Observe(new(Start + (i * 3_600_000L), i));
        detector.Observe(new(Start, 0)).Expected.ShouldBe(474.5);
    }

    [Fact]
    public void Its_score_tells_how_far_beyond_everything_seen()
    {
        var random = new Random(2);
        double[] noise = [.. Enumerable.Range(0, 300).Select(_ => Gauss(random))];
        double near = Last(new PercentileDetector(), [.. noise, 3.5]).Value, far = Last(new PercentileDetector(), [.. noise, 30]).Value;
        near.ShouldBeInRange(0.2, 0.35);
        far.ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public void A_constant_broken_is_odd() => Last(new PercentileDetector(), [.. Enumerable.Repeat(50.0, 20), 51]).Term.ShouldBe("constant series broken");
}
