using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class RateOfChangeDetectorTests
{
    [Fact]
    public void A_slow_climb_to_any_height_is_usual_and_a_jump_is_not()
    {
        var detector = new RateOfChangeDetector();
        var random = new Random(2);
        for (int i = 0; i < 2_000; i++) detector.Observe(new(Start + (i * 1000L), i + random.NextDouble())).Anomalous.ShouldBeFalse();
        Score score = detector.Observe(new(Start + 2_000_000, 2_050));
        score.Anomalous.ShouldBeTrue();
        score.Statistic.ShouldBe(50, 1);
        score.Upper.ShouldBeInRange(2_001, 2_049);
        score.Term.ShouldBe("change per second");
    }

    [Fact]
    public void The_same_jump_over_a_gap_is_slow()
    {
        var detector = new RateOfChangeDetector();
        var random = new Random(2);
        for (int i = 0; i < 2_000; i++) detector.Observe(new(Start + (i * 1000L), i + random.NextDouble()));
        detector.Observe(new(Start + 2_049_000, 2_050)).Anomalous.ShouldBeFalse();
    }

    [Fact]
    public void Falls_are_learnt_apart_from_rises()
    {
        var detector = new RateOfChangeDetector();
        for (int i = 0; i < 4_000; i++) detector.Observe(new(Start + (i * 1000L), i % 100));
        detector.Observe(new(Start + 4_000_000, 0)).Anomalous.ShouldBeFalse(); // It falls by 99 every 100 seconds,
        detector.Observe(new(Start + 4_001_000, 99)).Anomalous.ShouldBeTrue(); // and never rose so.
    }

    [Fact]
    public void A_limit_that_was_set_needs_no_training()
    {
        var detector = new RateOfChangeDetector(With(("max_per_second", "5")));
        detector.Observe(new(Start, 10)).Anomalous.ShouldBeFalse();
        detector.Observe(new(Start + 2_000, 20)).Anomalous.ShouldBeFalse();
        Score score = detector.Observe(new(Start + 3_000, 26));
        score.Anomalous.ShouldBeTrue();
        score.Term.ShouldBe("change per second beyond the limit");
    }
}
