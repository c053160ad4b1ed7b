using Oddity.Detection.Statistics;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class ProphetTests
{
    private const long Minute = 60_000, Day = 86_400_000;

    [Theory]
    [InlineData(2016, 5, 0)]
    [InlineData(600, 60, 1000)]
    [InlineData(60, 1440, 0)]
    public void No_parameter_can_be_moved_to_something_more_probable(int points, int minutes, double offset)
    {
        (long[] times, double[] values) = Bent(points, minutes, offset);
        double greatest = values.Max(Math.Abs), mean = values.Average();
        var model = new Prophet(times, values);
        double[] coefficients = [.. model.Coefficients], slopes = [.. model.SlopeChangesFound], places = [.. model.Places];
        double deviation = model.NoiseDeviation / greatest, best = Objective();
        foreach (double step in (double[])[1e-3, -1e-3, 1e-5, -1e-5, 1e-6, -1e-6])
        {
            for (int i = 0; i < coefficients.Length; i++) if (i != 2) Tried(ref coefficients[i], step);
            for (int j = 0; j < slopes.Length; j++) Tried(ref slopes[j], step);
            Tried(ref deviation, step * deviation);
        }

        void Tried(ref double parameter, double step)
        {
            double before = parameter;
            parameter += step;
            Objective().ShouldBeGreaterThan(best - (1e-10 * Math.Abs(best)));
            parameter = before;
        }

        // The model's definition, point by point.
        double Objective()
        {
            double sum = (points * Math.Log(deviation)) + (2 * deviation * deviation) + (coefficients[0] * coefficients[0] / 50);
            double offsetScaled = coefficients[1] + (mean / greatest);
            sum += (offsetScaled * offsetScaled / 50) + slopes.Sum(slope => Math.Abs(slope) / 0.05) + coefficients.Skip(3).Sum(one => one * one / 200);
            for (int i = 0; i < points; i++)
            {
                double t = (times[i] - times[0]) / (double)(times[^1] - times[0]), fit = (coefficients[0] * t) + coefficients[1];
                for (int j = 0; j < slopes.Length; j++) fit += slopes[j] * Math.Max(0, t - places[j]);
                int at = 3;
                foreach ((double days, int harmonics) in (ReadOnlySpan<(double, int)>)[(1, model.Harmonics.Daily), (7, model.Harmonics.Weekly), (365.25, model.Harmonics.Yearly)])
                {
                    for (int k = 1; k <= harmonics; k++)
                    {
                        double angle = Math.Tau * k * (times[i] / (double)Day / days);
                        fit += (coefficients[at++] * Math.Sin(angle)) + (coefficients[at++] * Math.Cos(angle));
                    }
                }

                double off = ((values[i] - mean) / greatest) - fit;
                sum += off * off / (2 * deviation * deviation);
            }

            return sum;
        }
    }

    [Fact]
    public void It_goes_on_with_the_last_slope_and_the_seasons()
    {
        (long[] times, double[] values) = Bent(4032, 5, 0);
        var model = new Prophet(times, values);
        model.Harmonics.ShouldBe((4, 0, 0)); // Five minutes short of two weeks.
        for (int i = 0; i < 576; i += 12)
        {
            long time = times[^1] + (i * 5 * Minute);
            model.Predict(time).ShouldBe(Level((4031 + i) * 5, 4032 * 5) + Season(time), 3);
        }
    }

    [Fact]
    public void Seasons_come_with_the_span_as_in_the_original()
    {
        Harmonics(47, 60).ShouldBe((0, 0, 0));
        Harmonics(50, 60).ShouldBe((4, 0, 0));
        Harmonics(24 * 15, 60).ShouldBe((4, 3, 0));
        Harmonics(40, 1440).ShouldBe((0, 3, 0));
        Harmonics(740, 1440).ShouldBe((0, 3, 10));
        static (int, int, int) Harmonics(int points, int minutes)
        {
            (long[] times, double[] values) = Bent(points, minutes, 0);
            return new Prophet(times, values).Harmonics;
        }
    }

    [Fact]
    public void A_holiday_is_expected_when_it_comes_again()
    {
        long first = (Start / Day) + 3;
        long[] holidays = [first, first + 7, first + 14];
        long[] times = [.. Enumerable.Range(0, 480).Select(i => ((Start / Day) * Day) + (i * 60 * Minute))];
        var random = new Random(4);
        double[] values = [.. times.Select(time => 100 + Gauss(random) + (holidays.Contains(time / Day) ? 40 : 0))];
        var model = new Prophet(times, values, new() { Weekly = 0, Holidays = [[.. holidays, first + 21]] });
        model.Predict(((first + 21) * Day) + 1000).ShouldBe(140, 3);
        model.Predict(((first + 22) * Day) + 1000).ShouldBe(100, 3);
    }

    [Fact]
    public void The_interval_holds_the_share_it_says_and_widens_ahead()
    {
        (long[] times, double[] values) = Bent(2016, 5, 0);
        var model = new Prophet(times, values);
        int inside = 0;
        for (int i = 0; i < times.Length; i++)
        {
            (double lower, double upper) = model.Interval(times[i]);
            if (values[i] >= lower && values[i] <= upper) inside++;
        }

        inside.ShouldBeInRange(2016 * 77 / 100, 2016 * 83 / 100);
        model.Deviation(times[^1]).ShouldBe(model.NoiseDeviation);
        model.Deviation(times[^1] + (7 * Day)).ShouldBeGreaterThan(model.Deviation(times[^1] + Day));
    }

    [Fact]
    public void Many_times_are_as_one_after_another()
    {
        (long[] times, double[] values) = Bent(600, 5, 0);
        var model = new Prophet(times, values);
        double[] expected = new double[600], lower = new double[600], upper = new double[600];
        model.Intervals(times, 0.8, expected, lower, upper);
        model.Interval(times[77]).Lower.ShouldBe(lower[77], 1e-9);
        model.Predict(times[77]).ShouldBe(expected[77], 1e-9);
    }

    [Theory]
    [InlineData(0.8, 1.2815515655446004)]
    [InlineData(0.95, 1.959963984540054)]
    [InlineData(0.9973002039367398, 3)]
    [InlineData(0.99999, 4.417173413469)]
    public void The_reach_of_a_share_is_the_normal_distributions(double share, double reach) => Normal.Reach(share).ShouldBe(reach, 1e-9);

    [Fact]
    public void Whatever_comes_predictions_are_finite()
    {
        for (int seed = 1; seed <= 60; seed++)
        {
            Sample[] samples = [.. HostileSeries.Make(seed, 150).Where(sample => Math.Abs((double)sample.TimeMs) < 1e18).OrderBy(sample => sample.TimeMs)];
            if (samples.Length < 2) continue;
            var model = new Prophet([.. samples.Select(sample => sample.TimeMs)], [.. samples.Select(sample => Math.Clamp(sample.Value, -1e150, 1e150))]);
            foreach (long time in (long[])[samples[0].TimeMs, samples[^1].TimeMs, samples[^1].TimeMs + 1000])
            {
                double.IsFinite(model.Predict(time)).ShouldBeTrue($"seed {seed}");
                double.IsFinite(model.Deviation(time)).ShouldBeTrue($"seed {seed}");
            }
        }
    }

    private static (long[] Times, double[] Values) Bent(int points, int minutes, double offset)
    {
        var random = new Random(2);
        long[] times = [.. Enumerable.Range(0, points).Select(i => Start + (i * minutes * Minute))];
        return (times, [.. times.Select((time, i) => offset + Level(i * minutes, points * minutes) + Season(time) + Gauss(random))]);
    }

    /// <summary>Up, and from the half on down.</summary>
    private static double Level(double at, double span) => 50 + (60 * (at < span / 2 ? at : span - at) / span);

    private static double Season(long time) => 8 * Math.Sin(Math.Tau * time / Day);
}
