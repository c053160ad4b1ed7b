using Oddity.Detection.Detectors;

namespace Oddity.Detection.Tests;

/// <summary>The default must be quiet on a healthy machine: shapes of <see cref="AdaptiveHealthyShapes"/>, a day each.</summary>
public class AdaptiveHealthyTests
{
    private const long Start = 1_760_000_000_000;

    public static TheoryData<string, int> Shapes()
    {
        var data = new TheoryData<string, int>();
        foreach (string name in AdaptiveHealthyShapes.All.Keys)
        {
            data.Add(name, 3);
            data.Add(name, 15);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_healthy_machine_is_left_in_peace(string shape, int seconds)
    {
        // A shape's first burst may alarm: nothing told it from an accident. Bursts to come may not, but for the tail without variance.
        int[] hours = Alarms(shape, seconds, 48);
        hours.Length.ShouldBeLessThanOrEqualTo(shape == "disk, heavy tail" ? 10 : 5);
        hours.Count(hour => hour >= 24).ShouldBeLessThanOrEqualTo(shape == "disk, heavy tail" ? 5 : 1);
    }

    [Fact]
    public void All_healthy_shapes_together_raise_less_than_one_alarm_in_four_days_once_known()
    {
        int alarms = 0, series = 0;
        foreach (string shape in AdaptiveHealthyShapes.All.Keys.Where(shape => shape != "disk, heavy tail"))
        {
            alarms += Alarms(shape, 15, 48).Count(hour => hour >= 24);
            series++;
        }

        ((double)alarms / series).ShouldBeLessThan(0.25);
    }

    [Fact]
    public void The_first_two_minutes_are_quiet()
    {
        foreach (string shape in AdaptiveHealthyShapes.All.Keys)
        {
            var detector = new AdaptiveDetector();
            int i = 0;
            foreach (double value in AdaptiveHealthyShapes.All[shape](new Random(7), 3).Take(33))
                detector.Observe(new Sample(Start + (3000L * i++), value)).Anomalous.ShouldBeFalse(shape);
        }
    }

    [Fact]
    public void A_score_means_about_the_false_alarm_rate_it_says_on_noise_of_one_sample_a_minute()
    {
        var random = new Random(11);
        var detector = new AdaptiveDetector();
        int above = 0;
        const int samples = 200_000;
        for (int i = 0; i < samples; i++)
        {
            double value = 100 + (20 * Math.Sin(i * Math.Tau / 1440)) + (5 * AdaptiveHealthyShapes.Gauss(random));
            if (detector.Observe(new Sample(Start + (60_000L * i), value)).Value >= 0.3) above++;
        }

        // 0.3 stands for one in a thousand: within a factor of five.
        above.ShouldBeInRange(samples / 5000, samples / 200);
    }

    private static int[] Alarms(string shape, int seconds, int hours)
    {
        var detector = new AdaptiveDetector();
        var alarms = new List<int>();
        int i = 0;
        foreach (double value in AdaptiveHealthyShapes.All[shape](new Random(5), seconds).Take(hours * 3600 / seconds))
        {
            long time = (long)seconds * 1000 * i++;
            if (detector.Observe(new Sample(Start + time, value)).Anomalous) alarms.Add((int)(time / 3_600_000));
        }

        return [.. alarms];
    }
}
