using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class IsolationForestDetectorTests
{
    public static TheoryData<string> Healthy => ["normal", "uniform", "daily wave", "bursts", "steps of one"];

    [Theory]
    [MemberData(nameof(Healthy))]
    public void A_contamination_of_a_tenth_does_not_make_a_tenth_of_a_healthy_series_odd(string kind)
    {
        var detector = new IsolationForestDetector();
        var random = new Random(5);
        int odd = 0;
        const int samples = 20_000;
        for (int i = 0; i < samples; i++)
        {
            double value = kind switch
            {
                "normal" => 50 + (5 * Gauss(random)),
                "uniform" => random.NextDouble(),
                "daily wave" => (10 * Math.Sin(i / 229.0)) + Gauss(random),
                "bursts" => random.Next(20) == 0 ? 30 + (10 * random.NextDouble()) : 5 + random.NextDouble(),
                _ => random.Next(3),
            };
            if (detector.Observe(new(Start + (i * 3000L), value)).Anomalous) odd++;
        }

        odd.ShouldBeLessThan(samples / 200); // 0.5 % of the samples, in far fewer runs.
    }

    [Fact]
    public void A_shift_is_found_at_the_third_sample_and_a_single_spike_is_not()
    {
        var detector = new IsolationForestDetector();
        var random = new Random(6);
        for (int i = 0; i < 300; i++) detector.Observe(new(Start + i, Gauss(random))).Anomalous.ShouldBeFalse();
        detector.Observe(new(Start + 300, 30)).Anomalous.ShouldBeFalse();
        for (int i = 0; i < 300; i++) detector.Observe(new(Start + 301 + i, Gauss(random))).Anomalous.ShouldBeFalse();
        Last(detector, 8, 8).Anomalous.ShouldBeFalse();
        Score third = Last(detector, 8);
        third.Anomalous.ShouldBeTrue();
        third.Term.ShouldBe("isolation score");
        third.Value.ShouldBeGreaterThan(0.3);
    }

    [Fact]
    public void The_streak_can_be_chosen() => Last(new IsolationForestDetector(With(("min_consecutive", "1"))), [.. Enumerable.Repeat(50.0, 40), 200]).Term.ShouldBe("constant series broken");

    [Fact]
    public void Inside_its_band_it_is_silent()
    {
        var random = new Random(7);
        var detector = new IsolationForestDetector();
        for (int i = 0; i < 20_000; i++)
        {
            double value = (10 * Gauss(random)) + (random.Next(200) < 5 ? 100 : 0) + (i % 3000 < 50 ? 60 : 0);
            Score score = detector.Observe(new(Start + i, value));
            if (value >= score.Lower && value <= score.Upper) score.Anomalous.ShouldBeFalse();
        }
    }

    [Fact]
    public void Another_seed_is_another_forest()
    {
        double[] values = [.. Enumerable.Range(0, 100).Select(i => i * 37 % 41 * 1.0)];
        Last(new IsolationForestDetector(seed: 1), values).ShouldNotBe(Last(new IsolationForestDetector(seed: 2), values));
    }
}
