using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

/// <summary>A score of s means the same for every detector: one healthy sample in 10^(10·s).</summary>
public class CalibrationTests
{
    /// <summary>
    /// Detectors that look at a smoothed value, hold scores down by rule or expect heavy tails may say it less often; none may much more often.
    /// </summary>
    [Theory]
    [InlineData("zscore", 0.5)]
    [InlineData("mad", 0.5)]
    [InlineData("ewma", 0.5)]
    [InlineData("moving_average", 0.5)]
    [InlineData("percentile", 0.2)]
    [InlineData("isolation_forest", 0)]
    [InlineData("adaptive", 0)]
    [InlineData("ensemble", 0)]
    public void On_normal_noise_a_score_is_reached_about_as_often_as_it_says(string id, double least)
    {
        var random = new Random(14);
        Detector detector = DetectorCatalogue.Find(id)!.Create(DetectorParameters.None, 1);
        int[] reached = new int[4];
        const int samples = 60_000;
        for (int i = 0; i < samples; i++)
        {
            double value = detector.Observe(new(Start + (i * 1000L), 50 + (5 * Gauss(random)))).Value;
            for (int tenth = 1; tenth < 4; tenth++)
                if (value >= tenth / 10.0) reached[tenth]++;
        }

        for (int tenth = 1; tenth < 4; tenth++)
        {
            double said = samples * Math.Pow(10, -tenth);
            ((double)reached[tenth]).ShouldBeInRange(least * said * (tenth == 3 ? 0.5 : 1), 2 * said, $"score {tenth / 10.0}");
        }
    }
}
