using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class ZScoreDetectorTests
{
    private const long Year2009 = 1_234_567_890_000;

    [Theory]
    [InlineData(Start)]
    [InlineData(Year2009)]
    public void Ten_fifties_at_one_time_then_200_is_an_anomaly(long time)
    {
        var detector = new ZScoreDetector();
        for (int i = 0; i < 10; i++) detector.Observe(new(time, 50)).Anomalous.ShouldBeFalse();
        Score score = detector.Observe(new(time, 200));
        score.Anomalous.ShouldBeTrue();
        score.Term.ShouldBe("constant series broken");
        score.Expected.ShouldBe(50);
        score.Statistic.ShouldBe(150);
        score.Upper.ShouldBeInRange(50, 50.001);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void A_spike_after_so_few_samples_is_found(int samples)
    {
        var detector = new ZScoreDetector();
        for (int i = 0; i < samples; i++) detector.Observe(new(Start + (i * 1000), 50 + (i % 2))).Anomalous.ShouldBeFalse();
        Score score = detector.Observe(new(Start + (samples * 1000), 200));
        score.Anomalous.ShouldBeTrue();
        score.Term.ShouldBe("z-score");
    }

    [Fact]
    public void Four_samples_are_too_few() => Last(new ZScoreDetector(), 50, 51, 50, 51, 200).WarmingUp.ShouldBeTrue();

    [Fact]
    public void With_the_sample_among_the_rows_ten_can_hardly_be_odd()
    {
        DetectorParameters included = With(("include_current", "true"));
        Last(new ZScoreDetector(included), 50, 51, 50, 51, 50, 51, 50, 51, 50, 1e9).Anomalous.ShouldBeFalse();
        Score score = Last(new ZScoreDetector(included), 50, 51, 50, 51, 50, 51, 50, 51, 50, 51, 50, 1e9);
        score.Anomalous.ShouldBeTrue();
        score.Statistic.ShouldBe(Math.Sqrt(11), 1e-6); // √(n − 1) is the most there is.
    }

    [Fact]
    public void With_the_sample_among_the_rows_the_band_is_where_its_own_z_reaches_the_threshold()
    {
        double[] rows = [3, 8, 1, 9, 4, 4, 7, 2, 6, 5, 3, 8, 2, 9];
        double upper = Last(new ZScoreDetector(With(("include_current", "true"), ("threshold", "2"))), [.. rows, 5.0]).Upper;
        double[] all = [.. rows, upper];
        double mean = all.Average();
        double deviation = Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / all.Length);
        ((upper - mean) / deviation).ShouldBe(2, 1e-9);
    }

    [Fact]
    public void Three_deviations_exactly_are_odd_and_the_band_ends_just_before()
    {
        double[] rows = [-1, 1, -1, 1, 0]; // mean 0, deviation 1
        Score score = Last(new ZScoreDetector(), [.. rows, 3]);
        score.Statistic.ShouldBe(3);
        score.Anomalous.ShouldBeTrue();
        score.Upper.ShouldBe(Math.BitDecrement(3));
        Last(new ZScoreDetector(), [.. rows, score.Upper]).Anomalous.ShouldBeFalse();
    }

    [Fact]
    public void Changes_below_the_minimum_do_not_count()
    {
        DetectorParameters minimum = With(("min_deviation", "10"));
        Last(new ZScoreDetector(minimum), 50, 50, 50, 50, 50, 59).Anomalous.ShouldBeFalse();
        Last(new ZScoreDetector(minimum), 50, 50, 50, 50, 50, 61).Anomalous.ShouldBeTrue();
    }

    [Fact]
    public void Rows_leave_by_event_time()
    {
        var detector = new ZScoreDetector(With(("window_seconds", "10")));
        for (int i = 0; i < 20; i++) detector.Observe(new(Start + i, 1000 + i));
        for (int i = 0; i < 20; i++) detector.Observe(new(Start + 20_000 + i, i % 2));
        detector.Observe(new(Start + 20_100, 1)).Expected.ShouldBe(0.5, 0.001);
    }

    [Fact]
    public void A_late_sample_gets_a_score_and_leaves_the_window_as_it_was()
    {
        var detector = new ZScoreDetector();
        for (int i = 0; i < 100; i++) detector.Observe(new(Start + (i * 1000), i % 2));
        detector.Observe(new(Start - 3_600_000, 1e6)).Anomalous.ShouldBeTrue();
        detector.Observe(new(Start + 100_000, 0)).Expected.ShouldBe(0.5);
    }

    [Fact]
    public void After_one_sample_from_the_future_the_series_is_watched_again()
    {
        var detector = new ZScoreDetector();
        for (int i = 0; i < 20; i++) detector.Observe(new(Start + (i * 1000), i % 2));
        detector.Observe(new(Start + (200L * 365 * 86_400_000), 1));
        for (int i = 20; i < 60; i++) detector.Observe(new(Start + (i * 1000), i % 2));
        Score score = detector.Observe(new(Start + 60_000, 100));
        score.WarmingUp.ShouldBeFalse();
        score.Anomalous.ShouldBeTrue();
    }

    [Fact]
    public void Scores_mean_what_they_say_on_normal_noise()
    {
        var random = new Random(1);
        var detector = new ZScoreDetector(With(("window_seconds", "60")));
        int[] beyond = new int[5];
        const int samples = 200_000;
        for (int i = 0; i < samples; i++)
        {
            Score score = detector.Observe(new(Start + (i * 1000), Gauss(random)));
            for (int tenth = 1; tenth < 5; tenth++)
                if (score.Value >= tenth / 10.0) beyond[tenth]++;
        }

        beyond[1].ShouldBeInRange(18_000, 22_000);
        beyond[2].ShouldBeInRange(1_800, 2_200);
        beyond[3].ShouldBeInRange(160, 250);
        beyond[4].ShouldBeInRange(5, 40);
    }
}
