using FsCheck;
using FsCheck.Fluent;
using Oddity.Detection.Detectors;
using Oddity.Detection.Statistics;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

/// <summary>Windows against plain sums over the same rows.</summary>
public class SlidingMomentsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1e9)]
    [InlineData(-1e12)]
    public void Mean_and_variance_are_right_to_a_millionth_at_any_offset_and_after_a_spike_has_left(double offset)
    {
        var random = new Random(12);
        var window = new SlidingMoments(300);
        var rows = new Queue<double>();
        for (int i = 0; i < 5000; i++)
        {
            double value = i % 1000 == 500 ? 1e12 : offset + Gauss(random);
            window.Add(i, value);
            rows.Enqueue(value);
            if (rows.Count > 300) rows.Dequeue();
            if (i > 2) ShouldAgree(window, [.. rows]);
        }
    }

    [Fact]
    public void Any_sequence_of_adding_and_leaving_gives_the_sums_of_the_rows_that_are_there()
    {
        Gen<(int Time, double Value)[]> rows =
            ArbMap.Default.GeneratorFor<NormalFloat>().Select(value => Math.Clamp(value.Get, -1e9, 1e9)).Zip(Gen.Choose(0, 20)).Select(pair => (pair.Item2, pair.Item1)).ArrayOf();
        Prop.ForAll(rows.ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (steps, most) =>
        {
            var window = new SlidingMoments(most);
            var there = new List<(long Time, double Value)>();
            long now = 0;
            foreach ((int time, double value) in steps)
            {
                now += time;
                window.RemoveBefore(now - 60);
                there.RemoveAll(row => row.Time < now - 60);
                window.Add(now, value);
                there.Add((now, value));
                if (there.Count > most) there.RemoveAt(0);
                window.Count.ShouldBe(there.Count);
                ShouldAgree(window, [.. there.Select(row => row.Value)]);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Equal_values_have_no_variance_at_all()
    {
        var window = new SlidingMoments(50);
        for (int i = 0; i < 500; i++) window.Add(i, 0.1 + (i < 100 ? i : 0));
        window.Moments().ShouldBe((0.1, 0));
    }

    [Fact]
    public void Sorted_rows_quantiles_and_the_median_distance_are_those_of_sorting_anew()
    {
        Prop.ForAll(Gen.Choose(-20, 20).Select(value => value / 4.0).ArrayOf().Where(rows => rows.Length > 0).ToArbitrary(), Gen.Choose(1, 30).ToArbitrary(), (values, most) =>
        {
            var window = new SortedWindow(most);
            for (int i = 0; i < values.Length; i++)
            {
                window.Add(i, values[i]);
                double[] sorted = [.. values[Math.Max(0, i + 1 - most)..(i + 1)].Order()];
                window.Sorted.ToArray().ShouldBe(sorted);
                window.Below(1).ShouldBe(sorted.Count(value => value < 1));
                double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
                window.Quantile(0.5).ShouldBe(median);
                double[] distances = [.. sorted.Select(value => Math.Abs(value - median)).Order()];
                MadDetector.MedianDistance(sorted, median).ShouldBe(distances[(distances.Length - 1) / 2]);
            }
        }).QuickCheckThrowOnFailure();
    }

    private static void ShouldAgree(SlidingMoments window, double[] rows)
    {
        (double mean, double squares) = window.Moments();
        decimal exact = rows.Sum(Exact) / rows.Length;
        double wanted = rows.Sum(value => { double off = (double)(Exact(value) - exact); return off * off; });
        mean.ShouldBe((double)exact, Math.Max(1e-9 * Math.Abs((double)exact), 1e-9));
        squares.ShouldBe(wanted, Math.Max(1e-6 * wanted, 1e-12));
    }

    /// <summary>A cast to decimal alone keeps fifteen digits.</summary>
    private static decimal Exact(double value) => (decimal)Math.Floor(value) + (decimal)(value - Math.Floor(value));
}
