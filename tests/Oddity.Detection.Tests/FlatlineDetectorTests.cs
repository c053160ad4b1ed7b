using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class FlatlineDetectorTests
{
    [Fact]
    public void Ten_fifties_then_fifty_one_is_a_constant_broken()
    {
        Score score = Last(new FlatlineDetector(), [.. Enumerable.Repeat(50.0, 10), 51]);
        score.Anomalous.ShouldBeTrue();
        score.Term.ShouldBe("constant series broken");
        score.Expected.ShouldBe(50);
        score.Upper.ShouldBe(50, 1e-6);
    }

    [Fact]
    public void A_level_that_changes_now_and_then_is_no_constant()
    {
        var detector = new FlatlineDetector();
        int odd = 0;
        for (int i = 0; i < 5_000; i++)
            if (detector.Observe(new(Start + (i * 1000L), 3 + (i / 50 % 3))).Anomalous) odd++;
        odd.ShouldBe(1); // The first of all changes.
    }

    [Fact]
    public void A_sensor_that_varied_and_repeats_one_value_is_stuck_until_it_has_been_so_for_as_long_as_it_was_known()
    {
        var detector = new FlatlineDetector();
        var random = new Random(3);
        for (int i = 0; i < 1_000; i++) detector.Observe(new(Start + (i * 1000L), 20 + Gauss(random))).Anomalous.ShouldBeFalse();
        int first = -1, last = -1;
        for (int i = 0; i < 3_000; i++)
        {
            Score score = detector.Observe(new(Start + ((1_000 + i) * 1000L), 20.5));
            if (!score.Anomalous) continue;
            (first, last) = (first < 0 ? i : first, i);
            score.Term.ShouldBe("stuck value");
        }

        first.ShouldBe(9);
        last.ShouldBeInRange(900, 1_100);
    }

    [Fact]
    public void A_count_that_often_rests_is_not_stuck_at_a_rest_like_others()
    {
        var detector = new FlatlineDetector();
        var random = new Random(4);
        int odd = 0;
        for (int i = 0; i < 20_000; i++)
            if (detector.Observe(new(Start + (i * 1000L), random.Next(20) == 0 ? random.Next(1, 4) : 0)).Anomalous) odd++;
        odd.ShouldBeLessThanOrEqualTo(1);
    }
}
