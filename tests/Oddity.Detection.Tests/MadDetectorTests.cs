using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class MadDetectorTests
{
    [Fact]
    public void Four_spikes_among_ten_do_not_hide_the_next_one() => Last(new MadDetector(), 10, 500, 11, 500, 9, 500, 10.5, 500, 9.5, 10, 500).Anomalous.ShouldBeTrue();

    [Fact]
    public void The_band_is_three_and_a_half_robust_deviations_wide()
    {
        Score score = Last(new MadDetector(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 6);
        score.Expected.ShouldBe(6);
        score.Upper.ShouldBe(6 + (3.5 * 1.4826022185056018 * 3), 1e-9);
    }

    [Fact]
    public void Where_most_rows_are_equal_the_mean_deviation_takes_over()
    {
        Score score = Last(new MadDetector(), 5, 5, 5, 5, 5, 5, 5, 5, 6, 4, 6);
        score.Term.ShouldBe("robust z-score");
        score.Statistic.ShouldBe(1 / (1.2533141373155003 * 0.2), 1e-9);
    }

    [Fact]
    public void A_constant_broken_is_odd() => Last(new MadDetector(), [.. Enumerable.Repeat(50.0, 10), 51]).Term.ShouldBe("constant series broken");
}
