using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class MissingDetectorTests
{
    [Fact]
    public void Ten_minutes_without_a_sample_every_minute_are_odd_and_two_are_not()
    {
        var detector = new MissingDetector();
        for (int i = 0; i < 500; i++) detector.Observe(new(Start + (i * 60_000L), 1)).Anomalous.ShouldBeFalse();
        detector.Observe(new(Start + (501 * 60_000L), 1)).Anomalous.ShouldBeFalse();
        Score score = detector.Observe(new(Start + (511 * 60_000L), 1));
        score.Anomalous.ShouldBeTrue();
        score.Statistic.ShouldBe(600);
        score.Value.ShouldBeGreaterThan(0.4);
        score.Term.ShouldBe("seconds without a sample");
    }

    [Fact]
    public void It_says_from_when_on_the_series_is_overdue()
    {
        var detector = new MissingDetector();
        detector.OverdueMs.ShouldBeNull();
        for (int i = 0; i < 500; i++) detector.Observe(new(Start + (i * 60_000L), 1));
        long overdue = detector.OverdueMs.ShouldNotBeNull();
        overdue.ShouldBeInRange(Start + (501 * 60_000L), Start + (515 * 60_000L));
        Copy(detector).Observe(new(overdue, 1)).Anomalous.ShouldBeTrue();
        Copy(detector).Observe(new(overdue - 1, 1)).Anomalous.ShouldBeFalse();
        Copy(detector).Overdue(overdue, 7).ShouldBe(Copy(detector).Observe(new(overdue, 7)));
        Copy(detector).Overdue(overdue - 1, 7).Anomalous.ShouldBeFalse();
        Ensemble.AnyOf([("missing", detector), ("zscore", new ZScoreDetector())]).Overdue(overdue, 1).Anomalous.ShouldBeTrue();
        new Ensemble([("missing", 1, detector), ("zscore", 1, new ZScoreDetector())]).Overdue(overdue, 1).Anomalous.ShouldBeFalse();
        Ensemble.AnyOf([("missing", detector), ("zscore", new ZScoreDetector())]).OverdueMs.ShouldBe(overdue);
    }

    [Fact]
    public void An_irregular_series_is_given_more_time()
    {
        var detector = new MissingDetector();
        var random = new Random(5);
        long time = Start;
        int odd = 0;
        for (int i = 0; i < 20_000; i++)
        {
            time += (long)(-60_000 * Math.Log(1 - random.NextDouble()));
            if (detector.Observe(new(time, 1)).Anomalous) odd++;
        }

        odd.ShouldBeLessThanOrEqualTo(2);
        detector.Observe(new(time + 3_600_000, 1)).Anomalous.ShouldBeTrue();
    }

    [Fact]
    public void A_limit_that_was_set_needs_no_training()
    {
        var detector = new MissingDetector(With(("max_gap_seconds", "90")));
        detector.Observe(new(Start, 1)).Anomalous.ShouldBeFalse();
        detector.OverdueMs.ShouldBe(Start + 90_001);
        detector.Observe(new(Start + 91_000, 1)).Term.ShouldBe("seconds without a sample beyond the limit");
    }

    private static MissingDetector Copy(MissingDetector detector)
    {
        var writer = new StateWriter();
        detector.Save(writer);
        var copy = new MissingDetector();
        copy.Load(new(writer.Written.ToArray()));
        return copy;
    }
}
