using Oddity.Detection.Detectors;
using Oddity.Detection.Statistics;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

/// <summary>The detectors `stl` and `prophet`: fitted now and then, judged by the errors of their forecasts.</summary>
public class ForecastDetectorTests
{
    private const long FiveMinutes = 300_000;

    public static TheoryData<string> Both => ["stl", "prophet"];

    [Theory]
    [MemberData(nameof(Both))]
    public void A_value_that_is_usual_at_noon_is_odd_at_midnight(string id)
    {
        (Detector detector, Random random) = Warm(id, 1200);
        long noon = Time(1200);
        while ((noon / 3_600_000) % 24 != 18) noon += FiveMinutes;
        for (long time = Time(1200); time < noon; time += FiveMinutes) detector.Observe(new(time, Daily(time, random))).Anomalous.ShouldBeFalse();
        Score score = detector.Observe(new(noon, Daily(noon - (12 * 3_600_000), random)));
        score.Anomalous.ShouldBeTrue(score.ToString());
        score.Expected.ShouldBe(Daily(noon, null), 3);
        score.Lower.ShouldBeInRange(score.Expected - 8, score.Expected - 2);
        score.Term.ShouldBe(id == "stl" ? "trend and season residual" : "trend and calendar");
        score.Value.ShouldBeGreaterThan(0.5);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_healthy_daily_wave_is_odd_about_as_often_as_three_deviations_say(string id)
    {
        (Detector detector, Random random) = Warm(id, 1500);
        int odd = 0;
        for (int i = 1500; i < 5500; i++) if (detector.Observe(new(Time(i), Daily(Time(i), random))).Anomalous) odd++;
        odd.ShouldBeLessThan(4000 * 27 / 10_000 * 3);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void It_is_silent_until_forty_eight_slots_and_sixty_forecasts_are_known(string id)
    {
        Detector detector = Make(id);
        var random = new Random(8);
        for (int i = 0; i < 108; i++) detector.Observe(new(Time(i), Gauss(random))).WarmingUp.ShouldBeTrue($"at {i}");
        for (int i = 108; i < 120; i++) detector.Observe(new(Time(i), Gauss(random)));
        detector.Observe(new(Time(120), 30)).Anomalous.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_constant_series_that_changes_is_odd(string id)
    {
        Detector detector = Make(id);
        for (int i = 0; i < 200; i++) detector.Observe(new(Time(i), 50)).Anomalous.ShouldBeFalse();
        Score score = detector.Observe(new(Time(200), 60));
        score.Anomalous.ShouldBeTrue();
        score.Term.ShouldBe("constant series broken");
    }

    [Fact]
    public void The_week_is_found_where_it_is_and_only_there()
    {
        var random = new Random(9);
        double[] workdays = [.. Enumerable.Range(0, 4032).Select(i => (i / 288 % 7 < 5 ? 100.0 : 20) + Gauss(random))], noise = [.. workdays.Select(_ => Gauss(random))];
        SeasonFinder.Has(workdays, 2016).ShouldBeTrue();
        SeasonFinder.Has(noise, 2016).ShouldBeFalse();
        SeasonFinder.Has(noise, 288).ShouldBeFalse();
        SeasonFinder.Has(workdays.AsSpan(0, 4031), 2016).ShouldBeFalse(); // Not two whole ones.
    }

    [Fact]
    public void With_a_week_in_the_data_a_quiet_weekend_is_expected()
    {
        var detector = new StlDetector();
        var random = new Random(10);
        int odd = 0;
        for (int i = 0; i < 288 * 21; i++)
        {
            double value = (i / 288 % 7 < 5 ? 100.0 : 20) + (5 * Math.Sin(i * Math.Tau / 288)) + Gauss(random);
            bool now = detector.Observe(new(Time(i), value)).Anomalous;
            if (i > 288 * 15 && now) odd++;
        }

        odd.ShouldBeLessThan(60);
    }

    [Fact]
    public void A_season_can_be_set()
    {
        Detector detector = Make("stl", ("season_seconds", "7200"), ("seasonal", "9"));
        var random = new Random(11);
        for (int i = 0; i < 400; i++) detector.Observe(new(Time(i), (i % 24 == 0 ? 50 : 0) + Gauss(random)));
        for (int i = 400; i < 440; i++) detector.Observe(new(Time(i), (i % 24 == 0 ? 50 : 0) + Gauss(random))).Anomalous.ShouldBe(false, $"at {i}");
        detector.Observe(new(Time(440), 50)).Anomalous.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_time_set_back_or_a_gap_of_a_month_begins_anew(string id)
    {
        (Detector detector, Random random) = Warm(id, 400);
        foreach (long shift in (long[])[-30 * 86_400_000L, 60 * 86_400_000L])
        {
            bool warm = false;
            for (int i = 400; i < 700; i++) warm |= detector.Observe(new(Time(i) + shift, Daily(Time(i) + shift, random))).WarmingUp;
            warm.ShouldBeTrue();
            for (int i = 700; i < 710; i++) detector.Observe(new(Time(i) + shift, Daily(Time(i) + shift, random))).WarmingUp.ShouldBeFalse();
        }
    }

    [Fact]
    public void Mistakes_in_parameters_are_told()
    {
        DetectorParameters parameters = With(("holidays", "christmas 2025-13-25, easter"));
        _ = new ProphetDetector(parameters);
        parameters.Mistakes.ShouldContain("holidays: '2025-13-25' is not a day such as 2026-12-25");
        parameters.Mistakes.ShouldContain("holidays: 'easter' is not a name and its days");
        parameters = With(("seasonal", "8"), ("season_seconds", "day"));
        _ = new StlDetector(parameters);
        parameters.Mistakes.ShouldBe(["seasonal: must be odd", "season_seconds: 'day' is not a number of seconds from 2 to 1e9"]);
    }

    [Fact]
    public void Stl_and_forest_together_reach_the_vote_of_the_preset()
    {
        DetectorParameters parameters = With(("members", "argus"));
        var ensemble = Ensemble.Create(parameters, 1);
        parameters.Mistakes.ShouldBeEmpty();
        Last(ensemble, 1);
        ensemble.Votes.ToArray().Select(vote => (vote.Detector, vote.Weight)).ShouldBe([("prophet", 0.4), ("stl", 0.3), ("isolation_forest", 0.3)]);
        var random = new Random(12);
        for (int i = 0; i < 1000; i++) ensemble.Observe(new(Time(i), Daily(Time(i), random)));
        int odd = 0;
        for (int i = 1000; i < 1006; i++) if (ensemble.Observe(new(Time(i), 400)).Anomalous) odd++;
        odd.ShouldBeGreaterThanOrEqualTo(4); // The forest asks for three in a row; any two suffice.
    }

    private static long Time(int i) => Start + (i * FiveMinutes);

    private static double Daily(long time, Random? random) => 100 + (40 * Math.Sin(time * Math.Tau / 86_400_000)) + (random is null ? 0 : Gauss(random));

    private static Detector Make(string id, params (string Name, string Value)[] parameters) => DetectorCatalogue.Find(id)!.Create(With(parameters), 1);

    private static (Detector Detector, Random Random) Warm(string id, int samples)
    {
        Detector detector = Make(id);
        var random = new Random(7);
        for (int i = 0; i < samples; i++) detector.Observe(new(Time(i), Daily(Time(i), random)));
        return (detector, random);
    }
}
