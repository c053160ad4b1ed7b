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
