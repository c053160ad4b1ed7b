using Oddity.Detection.Detectors;

namespace Oddity.Detection.Tests;

public class AdaptiveDetectorTests
{
    private const long Start = 1_760_000_000_000;

    [Fact]
    public void Ten_fifties_at_one_time_then_200_is_constant_series_broken()
    {
        var detector = new AdaptiveDetector();
        for (int i = 0; i < 10; i++) detector.Observe(new Sample(Start, 50)).Anomalous.ShouldBeFalse();
        Score score = detector.Observe(new Sample(Start, 200));
        score.Anomalous.ShouldBeTrue();
        score.Term.ShouldBe("constant series broken");
        score.Expected.ShouldBe(50);
        score.Upper.ShouldBeLessThan(200);
    }

    [Fact]
    public void Zeros_that_burst_do_not_break_a_constant()
    {
        var detector = new AdaptiveDetector();
        for (int i = 0; i < 500; i++) detector.Observe(new Sample(Start + (i * 3000), i % 100 == 99 ? 4096 * i : 0)).Anomalous.ShouldBeFalse();
    }

    [Theory]
    [InlineData(15, 60)]
    [InlineData(1, 600)]
    public void A_target_that_was_always_up_and_goes_down_is_found_and_a_second_one_that_comes_up_is_not(int seconds, int samples)
    {
        FirstAlarm(seconds, samples + 1, i => i < samples ? 1 : 0).ShouldBe(samples);
        FirstAlarm(seconds, samples + 1, i => i < samples ? 1 : 2).ShouldBe(-1);
        FirstAlarm(seconds, samples / 2, i => i < (samples / 2) - 1 ? 1 : 0).ShouldBe(-1);
    }

    [Fact]
    public void A_gauge_that_stood_still_for_two_minutes_after_it_had_moved_is_no_constant() =>
        FirstAlarm(1, 130, i => i < 10 ? 450_000 + (1000 * i) : i < 120 ? 352_256 : 0).ShouldBe(-1);

    [Theory]
    [InlineData(3, 80)]
    [InlineData(15, 40)]
    public void A_processor_that_idles_and_then_runs_at_full_load_is_found_within_five_samples(int seconds, int idle)
    {
        var random = new Random(1);
        int found = FirstAlarm(seconds, idle + 5, i => i < idle ? 5 + (15 * random.NextDouble()) : 100);
        found.ShouldBeInRange(idle, idle + 4);
    }

    [Fact]
    public void A_level_shift_is_found()
    {
        var random = new Random(2);
        FirstAlarm(60, 2100, i => (i < 2000 ? 100 : 130) + (3 * Gauss(random))).ShouldBeInRange(2000, 2010);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(15)]
    [InlineData(60)]
    public void A_noisy_healthy_series_raises_no_alarm_in_six_hours(int seconds)
    {
        var random = new Random(3);
        FirstAlarm(seconds, 6 * 3600 / seconds, _ => Math.Clamp(10 + (2 * Gauss(random)), 0, 100)).ShouldBe(-1);
    }

    [Fact]
    public void Two_processes_instead_of_one_break_no_constant()
    {
        var detector = new AdaptiveDetector();
        for (int i = 0; i < 300; i++) detector.Observe(new Sample(Start + (i * 3000), i % 50 == 49 ? 2 : 1)).Anomalous.ShouldBeFalse();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(15)]
    public void A_dip_of_a_busy_series_to_zero_is_found_within_three_samples(int seconds)
    {
        var random = new Random(6);
        FirstAlarm(seconds, 510, i => i < 500 ? 500 * Math.Exp(0.3 * Gauss(random)) : 0).ShouldBeInRange(500, 502);
    }

    [Fact]
    public void A_value_that_raises_an_alarm_is_outside_the_band_where_one_sample_decides()
    {
        var random = new Random(8);
        var detector = new AdaptiveDetector();
        for (int i = 0; i < 3000; i++)
        {
            Score calm = detector.Observe(new Sample(Start + (i * 60_000L), 100 + Gauss(random)));
            if (!calm.Anomalous) calm.Lower.ShouldBeLessThanOrEqualTo(calm.Upper);
        }

        Score spike = detector.Observe(new Sample(Start + (3000 * 60_000L), 180));
        spike.Anomalous.ShouldBeTrue();
        spike.Expected.ShouldBe(100, 3);
        spike.Upper.ShouldBeInRange(101, 120);
    }

    [Fact]
    public void A_series_takes_no_more_than_eight_kilobytes_and_nothing_a_sample()
    {
        var random = new Random(9);
        var first = new AdaptiveDetector();
        for (int i = 0; i < 20 * 1440; i++) first.Observe(Noisy(random, i)); // Static tables are made here.
        long before = GC.GetAllocatedBytesForCurrentThread();
        var detector = new AdaptiveDetector();
        for (int i = 0; i < 20 * 1440; i++) detector.Observe(Noisy(random, i));
        long used = GC.GetAllocatedBytesForCurrentThread() - before;
        for (int i = 20 * 1440; i < 25 * 1440; i++) detector.Observe(Noisy(random, i));
        long later = GC.GetAllocatedBytesForCurrentThread() - before;
        used.ShouldBeLessThanOrEqualTo(8192);
        later.ShouldBe(used);
    }

    [Fact]
    public void A_long_disturbance_is_few_alarms_and_its_severity_stays_up()
    {
        var random = new Random(10);
        var detector = new AdaptiveDetector();
        int alarms = 0;
        double least = 1;
        for (int i = 0; i < 2030; i++)
        {
            Score score = detector.Observe(new Sample(Start + (i * 60_000L), (i < 2000 ? 100 : 160) + (3 * Gauss(random))));
            if (score.Anomalous) alarms++;
            if (i is >= 2000 and < 2006) least = Math.Min(least, score.Severity);
        }

        alarms.ShouldBeInRange(1, 4);
        least.ShouldBeGreaterThan(0.3);
    }

    [Fact]
    public void Scores_are_finite_on_whatever_comes()
    {
        var detector = new AdaptiveDetector();
        double[] values = [0, -0.0, double.MaxValue, double.MinValue, double.Epsilon, 1e308, -1e308, 5, 5, 5, 1e-300, 1e9, 1e12, 1e9];
        for (int i = 0; i < 3000; i++)
        {
            long time = (i % 7) switch { 0 => Start - (i * 100_000_000L), 1 => long.MaxValue - i, 2 => long.MinValue + i, _ => Start + (i * 60_000L) };
            Score score = detector.Observe(new Sample(time, values[i % values.Length]));
            score.Value.ShouldBeInRange(0, 1);
            double.IsFinite(score.Expected).ShouldBeTrue();
            double.IsFinite(score.Statistic).ShouldBeTrue();
            double.IsNaN(score.Lower).ShouldBeFalse();
            double.IsNaN(score.Upper).ShouldBeFalse();
        }
    }

    [Fact]
    public void Loaded_state_goes_on_with_the_same_bits()
    {
        var random = new Random(4);
        var original = new AdaptiveDetector();
        for (int i = 0; i < 3000; i++) original.Observe(Noisy(random, i));
        var writer = new StateWriter();
        original.Save(writer);
        var copy = new AdaptiveDetector();
        var reader = new StateReader(writer.Written.ToArray());
        copy.Load(reader);
        reader.Remaining.ShouldBe(0);
        for (int i = 3000; i < 6000; i++)
        {
            Sample sample = Noisy(random, i);
            copy.Observe(sample).ShouldBe(original.Observe(sample));
        }
    }

    [Fact]
    public void A_state_cut_short_is_refused()
    {
        var writer = new StateWriter();
        new AdaptiveDetector().Save(writer);
        Should.Throw<InvalidDataException>(() => new AdaptiveDetector().Load(new StateReader(writer.Written[..^1].ToArray())));
    }

    private static Sample Noisy(Random random, int i) => new(Start + (i * 60_000L), 100 + (10 * Math.Sin(i / 229.0)) + Gauss(random));

    private static int FirstAlarm(int seconds, int samples, Func<int, double> value)
    {
        var detector = new AdaptiveDetector();
        for (int i = 0; i < samples; i++)
            if (detector.Observe(new Sample(Start + (i * seconds * 1000L), value(i))).Anomalous) return i;
        return -1;
    }

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
