using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class HalfSpaceTreesDetectorTests
{
    [Fact]
    public void A_value_far_from_the_window_is_odd_and_the_way_back_is_not()
    {
        var detector = new HalfSpaceTreesDetector();
        var random = new Random(1);
        int early = 0;
        for (int i = 0; i < 2_000; i++)
            if (detector.Observe(new(Start + (i * 1000L), 50 + Gauss(random))).Anomalous) early++;
        early.ShouldBeLessThan(3);
        Score score = detector.Observe(new(Start + 2_000_000, 80));
        score.Anomalous.ShouldBeTrue();
        score.Upper.ShouldBeInRange(50, 56);
        score.Term.ShouldBe("few samples of the last window near this value");
        detector.Observe(new(Start + 2_001_000, 50)).Anomalous.ShouldBeFalse();
    }

    [Fact]
    public void A_step_inside_the_range_of_a_slow_wave_is_odd_by_its_change()
    {
        var detector = new HalfSpaceTreesDetector();
        var random = new Random(2);
        for (int i = 0; i < 3_000; i++) detector.Observe(new(Start + (i * 1000L), Wave(i) + (0.1 * Gauss(random))));
        Score score = detector.Observe(new(Start + 3_000_000, Wave(3_000) - 20));
        score.Anomalous.ShouldBeTrue();
        score.Term.ShouldBe("few samples of the last window near this change");
    }

    [Fact]
    public void A_new_level_is_learnt_within_two_windows()
    {
        var detector = new HalfSpaceTreesDetector();
        var random = new Random(3);
        for (int i = 0; i < 1_000; i++) detector.Observe(new(Start + (i * 1000L), Gauss(random)));
        for (int i = 0; i < 500; i++) detector.Observe(new(Start + ((1_000 + i) * 1000L), 1e6 + Gauss(random)));
        for (int i = 0; i < 200; i++) detector.Observe(new(Start + ((1_500 + i) * 1000L), 1e6 + Gauss(random))).Anomalous.ShouldBeFalse();
    }

    private static double Wave(int i) => 20 * Math.Sin((i + 20) / 40.0);
}
