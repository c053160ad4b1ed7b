using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class VectorAdaptiveTests
{
    [Fact]
    public void A_value_far_off_is_odd_and_named_with_what_it_used_to_be()
    {
        var detector = new VectorAdaptive(5);
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++) Observe(detector, i, Machine(random));
        double[] row = Machine(random);
        row[3] = 400;
        Score score = Observe(detector, 2_000, row);
        score.Anomalous.ShouldBeTrue();
        detector.Leading.ShouldBe(3);
        score.Term.ShouldBe("value far from where it was");
        score.Expected.ShouldBe(100, 5);
        score.Upper.ShouldBeInRange(105, 200);
    }

    [Fact]
    public void Values_each_usual_that_do_not_go_together_are_odd()
    {
        var detector = new VectorAdaptive(5);
        var random = new Random(2);
        for (int i = 0; i < 4_000; i++) Observe(detector, i, Machine(random));
        // The second follows the first everywhere; here it is where the first never is when it is low, yet inside its own range.
        double[] row = Machine(random, load: 1.5);
        row[1] = 50 - 15;
        Score score = Observe(detector, 4_000, row);
        score.Anomalous.ShouldBeTrue();
        score.Term.ShouldBe("values that do not go together");
        detector.Leading.ShouldBeInRange(0, 1);
    }

    [Fact]
    public void A_long_disturbance_is_one_alarm_and_its_severity_lasts()
    {
        var detector = new VectorAdaptive(5);
        var random = new Random(3);
        for (int i = 0; i < 4_000; i++) Observe(detector, i, Machine(random));
        int alarms = 0;
        double least = 1, before = Observe(detector, 4_000, Machine(random)).Severity;
        for (int i = 1; i < 100; i++)
        {
            double[] row = Machine(random);
            row[3] += 150;
            row[4] += 150;
            Score score = Observe(detector, 4_000 + i, row);
            if (score.Anomalous) alarms++;
            if (i > 15) least = Math.Min(least, score.Severity);
        }

        alarms.ShouldBeInRange(1, 3);
        least.ShouldBeGreaterThan(before + 0.3);
    }

    [Fact]
    public void A_healthy_machine_alarms_about_as_often_as_it_says()
    {
        var detector = new VectorAdaptive(5);
        var random = new Random(4);
        int odd = 0, reached = 0;
        for (int i = 0; i < 20_000; i++)
        {
            Score score = Observe(detector, i, Machine(random));
            if (score.Anomalous) odd++;
            if (score.Value >= 0.3) reached++;
        }

        odd.ShouldBeLessThan(20);
        reached.ShouldBeLessThan(40);
    }

    [Fact]
    public void A_value_that_never_moved_and_then_does_leads()
    {
        var detector = new VectorAdaptive(3);
        var random = new Random(5);
        for (int i = 0; i < 2_000; i++) Observe(detector, i, [Gauss(random), 7, Gauss(random)]);
        Score score = Observe(detector, 2_000, [0, 8, 0]);
        score.Anomalous.ShouldBeTrue();
        detector.Leading.ShouldBe(1);
        score.Expected.ShouldBe(7);
    }

    [Fact]
    public void One_wild_value_does_not_blind_it()
    {
        var detector = new VectorAdaptive(5);
        var random = new Random(6);
        for (int i = 0; i < 2_000; i++) Observe(detector, i, Machine(random));
        double[] wild = Machine(random);
        wild[3] = 1e12;
        Observe(detector, 2_000, wild);
        for (int i = 2_001; i < 3_000; i++) Observe(detector, i, Machine(random));
        double[] row = Machine(random);
        row[3] = 400;
        Observe(detector, 3_000, row).Anomalous.ShouldBeTrue();
        detector.Leading.ShouldBe(3);
    }

    [Fact]
    public void A_row_as_wide_as_a_rack_is_watched_in_little_memory_and_without_allocation()
    {
        const int wide = 300;
        var detector = new VectorAdaptive(wide);
        var random = new Random(7);
        double[] row = new double[wide];
        void Next(int i)
        {
            for (int d = 0; d < wide; d++) row[d] = Gauss(random);
            Observe(detector, i, row);
        }

        for (int i = 0; i < 600; i++) Next(i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 600; i < 700; i++) Next(i);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        var writer = new StateWriter();
        detector.Save(writer);
        writer.Length.ShouldBeLessThan(wide * 320);
    }

    private static Score Observe(VectorDetector detector, int row, ReadOnlySpan<double> values) => detector.Observe(Start + (row * 60_000L), values);

    /// <summary>Two values that follow a load, one that does in part, two of their own.</summary>
    private static double[] Machine(Random random, double? load = null)
    {
        double x = load ?? Gauss(random);
        double follows = 20 + (4 * x) + (0.2 * Gauss(random)), more = 50 + (10 * x) + (0.5 * Gauss(random)), partly = 5 + x + Gauss(random);
        return [follows, more, partly, 100 + (5 * Gauss(random)), 1000 + (10 * Gauss(random))];
    }
}
