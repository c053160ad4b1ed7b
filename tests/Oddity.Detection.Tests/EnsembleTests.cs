using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class EnsembleTests
{
    [Theory]
    [InlineData("a", false)]
    [InlineData("b", false)]
    [InlineData("ab", true)]
    [InlineData("ac", true)]
    [InlineData("bc", true)]
    [InlineData("abc", true)]
    public void Weights_of_those_who_agree_reach_the_threshold_or_do_not(string agreeing, bool odd)
    {
        // 0.3 + 0.3 is 0.6 and must be enough, though 0.6 * (0.4 + 0.3 + 0.3) rounds to another double.
        var ensemble = new Ensemble([("a", 0.4, Says(agreeing.Contains('a'))), ("b", 0.3, Says(agreeing.Contains('b'))), ("c", 0.3, Says(agreeing.Contains('c')))]);
        Last(ensemble, 1).Anomalous.ShouldBe(odd);
        ensemble.Votes.ToArray().Where(vote => vote.Score.Anomalous).Select(vote => vote.Detector).ShouldBe(agreeing.Select(name => name.ToString()));
    }

    [Theory]
    [InlineData(0.1, 0.2, 0.7, 0.3)]
    [InlineData(0.3, 0.3, 0.4, 0.6)]
    [InlineData(3, 3, 4, 0.6)]
    [InlineData(1e-5, 3e-5, 1e-5, 0.8)]
    [InlineData(0.7, 0.1, 0.2, 0.8)]
    public void Exactly_the_threshold_is_enough_whatever_the_rounding(double agrees, double agreesToo, double other, double threshold) =>
        Last(new Ensemble([("a", agrees, Says(true)), ("b", agreesToo, Says(true)), ("c", other, Says(false))], threshold), 1).Anomalous.ShouldBeTrue();

    [Fact]
    public void A_member_that_cries_alone_comes_to_weigh_less_and_votes_show_it()
    {
        var ensemble = Ensemble.Create(With(("members", "zscore=0.4, mad=0.4, threshold=0.2"), ("threshold.above", "52"), ("learn", "true")), 1);
        var random = new Random(9);
        double value = 0;
        for (int i = 0; i < 4_000; i++)
        {
            // Above 52 every third sample: nothing to z-scores; now and then a spike, which all see.
            value = 50 + (i % 3 == 0 ? 3 : 0) + random.NextDouble() + (i % 200 == 150 ? 100 : 0);
            ensemble.Observe(new(Start + (i * 1000L), value));
        }

        double[] weights = [.. ensemble.Votes.ToArray().Select(vote => vote.Weight)];
        weights[0].ShouldBeGreaterThan(0.35);
        weights[2].ShouldBeLessThanOrEqualTo(0.2);
        var fixedWeights = Ensemble.Create(With(("members", "zscore=0.4, mad=0.4, threshold=0.2"), ("threshold.above", "52")), 1);
        fixedWeights.Observe(new(Start, value));
        fixedWeights.Votes.ToArray().Select(vote => vote.Weight).ShouldBe([0.4, 0.4, 0.2]);
    }

    [Fact]
    public void The_strongest_of_those_who_agree_gives_the_figures()
    {
        var ensemble = new Ensemble([("a", 1, Says(true, 0.5, 10)), ("b", 1, Says(true, 0.8, 20)), ("c", 1, Says(false, 0.9, 30))]);
        Score score = Last(ensemble, 100);
        score.Value.ShouldBe(0.8);
        score.Expected.ShouldBe(20);
        score.Term.ShouldBe("says 20");
    }

    [Fact]
    public void While_the_vote_fails_the_score_is_what_enough_of_them_reach()
    {
        var ensemble = new Ensemble([("a", 0.4, Says(true, 0.9, 10)), ("b", 0.3, Says(false, 0.2, 20)), ("c", 0.3, Says(false, 0.1, 30))]);
        Score score = Last(ensemble, 1);
        score.Anomalous.ShouldBeFalse();
        score.Value.ShouldBe(0.2);
    }

    [Fact]
    public void The_band_ends_where_the_vote_would_pass()
    {
        var ensemble = new Ensemble(
            [("low", 0.4, Limit(10)), ("middle", 0.3, Limit(20)), ("high", 0.3, Limit(30))]);
        Last(ensemble, 20).Upper.ShouldBe(20);
        Last(ensemble, 20).Anomalous.ShouldBeFalse();
        Last(ensemble, 20.1).Anomalous.ShouldBeTrue();
    }

    [Fact]
    public void Any_member_alone_suffices()
    {
        Ensemble ensemble = Ensemble.AnyOf([("zscore", DetectorCatalogue.Find("zscore")!.Create(DetectorParameters.None, 1)), ("threshold", Limit(85))]);
        Score score = Last(ensemble, 92);
        score.Anomalous.ShouldBeTrue();
        score.WarmingUp.ShouldBeTrue(); // The limit needs no training, the rest does.
        score.Upper.ShouldBe(85);
        ensemble.Votes.Length.ShouldBe(2);
        ensemble.Votes[1].Score.Anomalous.ShouldBeTrue();
        Last(ensemble, 50).Anomalous.ShouldBeFalse();
    }

    [Fact]
    public void One_member_is_as_if_it_stood_by_itself()
    {
        Detector alone = DetectorCatalogue.Find("zscore")!.Create(DetectorParameters.None, 1);
        Ensemble ensemble = Ensemble.AnyOf([("zscore", DetectorCatalogue.Find("zscore")!.Create(DetectorParameters.None, 1))]);
        foreach (double value in (double[])[1, 2, 1, 2, 1, 2, 9, 1, 2])
        {
            Score score = Last(alone, value);
            Last(ensemble, value).ShouldBe(score);
            ensemble.Votes.ToArray().ShouldHaveSingleItem().ShouldBe(new Vote("zscore", 1, score));
        }
    }

    [Fact]
    public void An_ensemble_inside_another_shows_its_members_votes()
    {
        var inner = new Ensemble([("a", 0.4, Says(true)), ("b", 0.6, Says(false))]);
        Ensemble outer = Ensemble.AnyOf([("ensemble", inner), ("threshold", Limit(85))]);
        Last(outer, 50).Anomalous.ShouldBeFalse();
        outer.Votes.ToArray().Select(vote => (vote.Detector, vote.Weight)).ShouldBe([("a", 0.4), ("b", 0.6), ("threshold", 1)]);
        Ensemble.AnyOf([("ensemble", inner)]).ShouldBeSameAs(inner);
    }

    [Fact]
    public void Members_weights_and_their_parameters_are_text()
    {
        DetectorParameters parameters = With(("members", "zscore=0.5, MAD=0.5, threshold=alone"), ("vote_threshold", "1"), ("threshold.above", "85"), ("zscore.min_count", "3"));
        var ensemble = Ensemble.Create(parameters, 1);
        parameters.Mistakes.ShouldBeEmpty();
        Last(ensemble, 86).Anomalous.ShouldBeTrue();
        ensemble.Votes.ToArray().Select(vote => vote.Detector).ShouldBe(["zscore", "mad", "threshold"]);
    }

    [Fact]
    public void Every_mistake_in_the_text_is_told()
    {
        DetectorParameters parameters = With(("members", "zscore=0, nobody=1, mad, mad=0.5, mad=0.5"), ("mad.threshold", "x"), ("mad.typo", "1"), ("zscore.threshold", "3"));
        _ = Ensemble.Create(parameters, 1);
        parameters.Mistakes.ShouldBe(
        [
            "members: 'zscore=0' is not id=weight with a weight above 0 or 'alone'",
            "members: there is no member 'nobody'",
            "members: 'mad' is not id=weight with a weight above 0 or 'alone'",
            "members: 'mad' is there twice",
            "zscore.threshold: unknown parameter",
            "mad.threshold: 'x' is not a number from 0.01 to 1000000",
            "mad.typo: unknown parameter",
        ]);
    }

    private static Detector Limit(double above) => DetectorCatalogue.Find("threshold")!.Create(With(("above", above.ToString("R", System.Globalization.CultureInfo.InvariantCulture))), 1);

    private static Fixed Says(bool odd, double value = 0.5, double expected = 0) => new(odd, value, expected);

    private sealed class Fixed(bool odd, double value, double expected) : Detector
    {
        public override Score Observe(in Sample sample) =>
            new() { Value = value, Expected = expected, Lower = expected - 1, Upper = expected + 1, Anomalous = odd, Term = $"says {expected}" };

        public override void Save(StateWriter writer)
        {
        }

        public override void Load(StateReader reader)
        {
        }
    }
}
