using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class ThresholdDetectorTests
{
    [Fact]
    public void A_limit_fires_on_the_very_first_sample()
    {
        Score score = Last(new ThresholdDetector(With(("above", "85"))), 92.3);
        score.Anomalous.ShouldBeTrue();
        score.WarmingUp.ShouldBeFalse();
        score.Upper.ShouldBe(85);
        score.Statistic.ShouldBe(85);
        score.Value.ShouldBeGreaterThanOrEqualTo(0.6);
    }

    [Fact]
    public void The_limit_itself_is_allowed() => Last(new ThresholdDetector(With(("above", "85"), ("below", "5"))), 85, 5).Anomalous.ShouldBeFalse();

    [Fact]
    public void Below_the_lower_limit_is_odd() => Last(new ThresholdDetector(With(("below", "5"))), 4.9).Term.ShouldBe("below the limit");

    [Fact]
    public void Further_beyond_is_worse()
    {
        var detector = new ThresholdDetector(With(("above", "85")));
        Last(detector, 100).Value.ShouldBeGreaterThan(Last(detector, 86).Value);
        Last(detector, 170).Value.ShouldBe(0.8, 1e-12);
    }

    [Fact]
    public void Limits_that_make_no_sense_are_mistakes()
    {
        DetectorParameters none = DetectorParameters.None, crossed = With(("above", "1"), ("below", "2"));
        _ = new ThresholdDetector(none);
        _ = new ThresholdDetector(crossed);
        none.Mistakes.ShouldHaveSingleItem().ShouldStartWith("above:");
        crossed.Mistakes.ShouldHaveSingleItem().ShouldStartWith("below:");
    }
}
