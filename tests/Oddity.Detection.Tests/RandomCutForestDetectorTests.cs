using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class RandomCutForestDetectorTests
{
    [Fact]
    public void A_spike_is_odd_and_the_band_is_what_it_holds()
    {
        var detector = new RandomCutForestDetector();
        var random = new Random(1);
        int early = 0;
        for (int i = 0; i < 2_000; i++)
            if (detector.Observe(new(Start + (i * 1000L), Beat(i, random))).Anomalous) early++;
        early.ShouldBeLessThan(6);
        Score spike = detector.Observe(new(Start + 2_000_000, 60));
        spike.Anomalous.ShouldBeTrue();
        spike.Upper.ShouldBeInRange(10, 14);
        spike.Expected.ShouldBeInRange(-14, 14);
    }

    [Fact]
    public void A_beat_that_is_left_out_is_rare_though_each_value_was_seen()
    {
        var detector = new RandomCutForestDetector();
        var random = new Random(2);
        for (int i = 0; i < 3_000; i++) detector.Observe(new(Start + (i * 1000L), Beat(i, random)));
        double most = 0;
        for (int i = 3_000; i < 3_010; i++) most = Math.Max(most, detector.Observe(new(Start + (i * 1000L), 10 + (0.1 * Gauss(random)))).Value);
        most.ShouldBeGreaterThan(0.3);
    }

    [Fact]
    public void Another_seed_is_another_forest_and_the_same_is_the_same()
    {
        double[] values = [.. Enumerable.Range(0, 600).Select(i => i * 37 % 41 * 1.0)];
        Score one = Last(new RandomCutForestDetector(seed: 1), values);
        Last(new RandomCutForestDetector(seed: 2), values).ShouldNotBe(one);
        Last(new RandomCutForestDetector(seed: 1), values).ShouldBe(one);
    }

    private static double Beat(int i, Random random) => (i % 4 < 2 ? 10 : -10) + (0.5 * Gauss(random));
}
