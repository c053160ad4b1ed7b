using Oddity.Detection.Detectors;
using Oddity.Detection.Statistics;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class MatrixProfileDetectorTests
{
    [Fact]
    public void A_beat_that_is_left_out_is_odd_though_each_value_was_seen()
    {
        var detector = new MatrixProfileDetector();
        var random = new Random(1);
        int early = 0;
        for (int i = 0; i < 4_000; i++)
            if (detector.Observe(new(Start + (i * 1000L), Beat(i, random))).Anomalous) early++;
        early.ShouldBeLessThan(8);
        bool odd = false;
        for (int i = 4_000; i < 4_032; i++) odd |= detector.Observe(new(Start + (i * 1000L), -10 + Gauss(random))).Anomalous;
        odd.ShouldBeTrue();
    }

    [Fact]
    public void It_foretells_what_followed_the_most_similar_stretch()
    {
        var detector = new MatrixProfileDetector();
        for (int i = 0; i < 2_000; i++)
        {
            double value = 100 * Math.Sin(i * Math.Tau / 60);
            Score score = detector.Observe(new(Start + (i * 1000L), value));
            if (i > 1_000) score.Expected.ShouldBe(value, 1);
        }
    }

    [Fact]
    public void The_running_figures_are_those_of_the_definition()
    {
        const int window = 9, history = 100;
        var profile = new LeftProfile(window, history);
        var random = new Random(3);
        var values = new List<double>();
        for (int i = 0; i < 1_000; i++)
        {
            values.Add(Math.Round(500 * Math.Sin(i / 7.0)) + random.Next(100));
            double unlike = profile.Take(values[^1]);
            if (i < 3 * history) continue;
            // All the windows that the history holds, but those at its end while it is being renewed.
            double most = Enumerable.Range(window, history - (2 * window)).Max(back => Correlation(values, window, back));
            unlike.ShouldBe(1 - most, 0.01);
        }
    }

    [Fact]
    public void Flat_is_like_flat_and_like_nothing_else()
    {
        var profile = new LeftProfile(8, 64);
        var random = new Random(4);
        for (int i = 0; i < 64; i++) profile.Take(Gauss(random));
        double first = 0;
        for (int i = 0; i < 8; i++) first = profile.Take(5);
        first.ShouldBe(1);
        for (int i = 0; i < 8; i++) first = profile.Take(5);
        first.ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(64)]
    [InlineData(333)]
    public void Sixteen_at_a_time_are_the_same_as_one_by_one(int count)
    {
        var random = new Random(5);
        short[] a = Shorts(random, count), b = Shorts(random, count);
        int[] sums = new int[count], wanted = new int[count], totals = [.. Shorts(random, count)];
        float[] inverses = [.. Shorts(random, count).Select(value => value < 0 ? 0 : value / 7f)];
        LeftProfileKernel.Add(sums, a, 4095, b, -4095);
        for (int i = 0; i < count; i++) wanted[i] = (a[i] * 4095) - (b[i] * 4095);
        sums.ShouldBe(wanted);
        (double most, int at) = LeftProfileKernel.Most(sums, totals, inverses, 32, -77);
        if (count == 0) return;
        double[] all = [.. Enumerable.Range(0, count).Select(i => ((32.0 * sums[i]) + (77.0 * totals[i])) * inverses[i])];
        most.ShouldBe(all.Max());
        at.ShouldBe(Array.IndexOf(all, most));
    }

    [Fact]
    public void Once_its_history_is_full_it_allocates_nothing()
    {
        var detector = new MatrixProfileDetector(With(("history", "512")));
        var random = new Random(6);
        for (int i = 0; i < 1_000; i++) detector.Observe(new(Start + (i * 1000L), Beat(i, random)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1_000; i < 2_000; i++) detector.Observe(new(Start + (i * 1000L), Beat(i, random)));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static double Beat(int i, Random random) => (i % 16 < 4 ? 10 : -10) + Gauss(random);

    private static short[] Shorts(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (short)random.Next(-4095, 4096))];

    private static double Correlation(List<double> values, int window, int back)
    {
        double[] x = [.. values.TakeLast(window)], y = [.. values.SkipLast(back).TakeLast(window)];
        double meanX = x.Average(), meanY = y.Average(), xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < window; i++)
        {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }

        return xx * yy == 0 ? 0 : xy / Math.Sqrt(xx * yy);
    }
}
