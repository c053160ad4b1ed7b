using Oddity.Detection.Statistics;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class StlTests
{
    /// <summary>What statsmodels 0.13.5 makes of the series of <see cref="Formula"/>.</summary>
    [Theory]
    [InlineData(600, 60, false, 0, 0, 10.73966007235768, -0.5421103546950611, 1.0)]
    [InlineData(600, 60, false, 0, 300, 25.54666192299466, -0.23219734380006693, 1.0)]
    [InlineData(600, 60, false, 0, 599, 40.11373354465295, -0.31326962260725344, 1.0)]
    [InlineData(600, 60, true, 0, 0, 10.472133442305259, -0.3146126974490678, 0.9792609637198548)]
    [InlineData(600, 60, true, 0, 300, 25.49171887548933, -0.07104768108224342, 0.8932107543503676)]
    [InlineData(600, 60, true, 0, 599, 40.41710633777652, -0.41445732257278584, 0.96404217850763)]
    [InlineData(607, 60, true, 0.1, 0, 10.472187634261187, -0.3147784186725992, 0.9792299716966099)]
    [InlineData(607, 60, true, 0.1, 303, 25.641916735596688, 0.7901587972118655, 0.8966099123353917)]
    [InlineData(607, 60, true, 0.1, 606, 40.78262120271228, 1.464993405144423, 0.9715953807158497)]
    [InlineData(100, 7, true, 0, 0, 10.581623165830408, 0.6817647390205539, 0.0)]
    [InlineData(100, 7, true, 0, 50, 13.143223621608232, 2.557559414287445, 0.0)]
    [InlineData(100, 7, true, 0, 99, 15.257583024624152, 2.133441981205129, 0.9290053271953865)]
    public void It_agrees_with_statsmodels(int points, int period, bool robust, double jump, int at, double trend, double season, double weight)
    {
        var stl = new Stl(new(period) { Robust = robust, JumpShare = jump });
        stl.Decompose(Formula(points, period));
        stl.Trend[at].ShouldBe(trend, 1e-9);
        stl.Season[at].ShouldBe(season, 1e-9);
        stl.Weights[at].ShouldBe(weight, 1e-9);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 0.1)]
    public void A_line_and_a_season_that_repeats_come_apart_exactly(bool robust, double jump)
    {
        double[] values = [.. Enumerable.Range(0, 480).Select(i => 5 + (0.25 * i) + (i % 48 < 12 ? 9.0 : -3.0))];
        var stl = new Stl(new(48) { Robust = robust, JumpShare = jump });
        stl.Decompose(values);
        for (int i = 0; i < values.Length; i++) (stl.Trend[i] + stl.Season[i]).ShouldBe(values[i], 1e-6);
        stl.Season[100].ShouldBe(9, 0.5); // What the season shares with the line is the line's.
    }

    [Fact]
    public void What_is_added_to_all_values_is_the_trends_and_what_they_are_multiplied_by_is_everybodys()
    {
        double[] values = Formula(400, 40), other = Array.ConvertAll(values, value => (3 * value) + 1e6);
        Stl one = new(new(40) { Robust = true }), two = new(new(40) { Robust = true });
        one.Decompose(values);
        two.Decompose(other);
        for (int i = 0; i < values.Length; i++)
        {
            two.Trend[i].ShouldBe((3 * one.Trend[i]) + 1e6, 1e-7);
            two.Season[i].ShouldBe(3 * one.Season[i], 1e-7);
        }
    }

    [Fact]
    public void Robustness_keeps_single_spikes_out_of_trend_and_season()
    {
        double[] clean = [.. Enumerable.Range(0, 600).Select(i => 10 + Math.Sin(i * Math.Tau / 60) + (0.1 * Math.Sin(i * 12.9898)))], spiked = [.. clean];
        for (int i = 37; i < 600; i += 111) spiked[i] += 20;
        Stl one = new(new(60) { Robust = true }), two = new(new(60) { Robust = true });
        one.Decompose(clean);
        two.Decompose(spiked);
        for (int i = 0; i < 600; i++) (two.Trend[i] + two.Season[i]).ShouldBe(one.Trend[i] + one.Season[i], 0.3);
        two.Weights[37].ShouldBe(0);
    }

    [Fact]
    public void The_same_object_decomposes_again_with_the_same_bits_and_allocates_nothing()
    {
        var stl = new Stl(new(60) { Robust = true });
        double[] first = Formula(600, 60), second = Array.ConvertAll(first, value => -value);
        stl.Decompose(first);
        double[] trend = [.. stl.Trend], season = [.. stl.Season];
        stl.Decompose(second);
        long before = GC.GetAllocatedBytesForCurrentThread();
        stl.Decompose(first);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1024);
        stl.Trend.ToArray().ShouldBe(trend);
        stl.Season.ToArray().ShouldBe(season);
    }

    [Fact]
    public void Whatever_comes_the_result_is_finite()
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            double[] values = [.. HostileSeries.Make(seed, 120).Select(sample => Math.Clamp(sample.Value, -1e150, 1e150))];
            var stl = new Stl(new(12) { Robust = seed % 2 == 0, JumpShare = seed % 3 == 0 ? 0.1 : 0 });
            stl.Decompose(values);
            stl.Trend.ToArray().ShouldAllBe(value => double.IsFinite(value));
            stl.Season.ToArray().ShouldAllBe(value => double.IsFinite(value));
        }
    }

    [Theory]
    [InlineData(1, 7, 0)]
    [InlineData(12, 6, 0)]
    [InlineData(12, 7, 11)]
    [InlineData(12, 7, 14)]
    public void Impossible_spans_are_refused(int period, int seasonal, int trend) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new Stl(new(period) { Seasonal = seasonal, Trend = trend }));

    [Fact]
    public void Less_than_two_periods_are_refused() => Should.Throw<ArgumentException>(() => new Stl(new(12)).Decompose(new double[23]));

    [Fact]
    public void A_transform_and_back_is_the_same_times_its_size()
    {
        var random = new Random(3);
        double[] real = [.. Enumerable.Range(0, 64).Select(_ => Gauss(random))], imaginary = [.. real.Reverse()], re = [.. real], im = [.. imaginary];
        var transform = new FourierTransform(64);
        transform.There(re, im);
        re[0].ShouldBe(real.Sum(), 1e-12);
        transform.Back(re, im);
        for (int i = 0; i < 64; i++) (re[i] / 64, im[i] / 64).ShouldSatisfyAllConditions(pair => pair.Item1.ShouldBe(real[i], 1e-13), pair => pair.Item2.ShouldBe(imaginary[i], 1e-13));
    }

    [Fact]
    public void Sine_and_cosine_are_those_of_the_library()
    {
        for (int i = -1000; i < 1000; i++)
        {
            double turns = i / 333.0, exact = Math.IEEERemainder(turns, 1) * Math.Tau;
            (double sin, double cos) = Circle.At(turns);
            sin.ShouldBe(Math.Sin(exact), 1e-15);
            cos.ShouldBe(Math.Cos(exact), 1e-15);
        }
    }

    private static double[] Formula(int points, int period) =>
        [.. Enumerable.Range(0, points).Select(i => 10 + (0.05 * i) + (3 * Math.Sin(Math.Tau * i / period)) + (i * 7919 % 101 / 101.0) + (i % 97 == 50 ? 15 : 0))];
}
