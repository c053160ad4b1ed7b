using Oddity.Detection.Detectors;
using Oddity.Detection.Statistics;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class PcaDetectorTests
{
    [Fact]
    public void Of_one_series_it_finds_a_broken_rhythm_and_expects_what_the_rhythm_says()
    {
        var detector = new PcaDetector();
        var random = new Random(1);
        for (int i = 0; i < 3_000; i++) detector.Observe(new(Start + (i * 60_000L), Wave(i) + (0.3 * Gauss(random))));
        // Twelve is usual, but not here.
        Score score = detector.Observe(new(Start + (3_000 * 60_000L), Wave(3_000) + 12));
        score.Anomalous.ShouldBeTrue();
        score.Term.ShouldBe("values that do not go together");
        score.Upper.ShouldBeLessThan(Wave(3_000) + 12);
        score.Expected.ShouldBeLessThan(Wave(3_000) + 8);
    }

    [Fact]
    public void Of_several_values_those_that_do_not_go_together_are_odd_and_a_common_rise_is_not()
    {
        VectorDetector detector = DetectorCatalogue.Find("pca")!.CreateVector!(3, DetectorParameters.None, 1);
        var random = new Random(2);
        for (int i = 0; i < 4_000; i++) detector.Observe(i, Row(Gauss(random), random));
        detector.Observe(4_000, Row(6, random)).Anomalous.ShouldBeFalse();
        double[] apart = Row(0, random);
        apart[2] += 12;
        detector.Observe(4_001, apart).Anomalous.ShouldBeTrue();
        detector.Leading.ShouldBe(2);
    }

    [Fact]
    public void The_subspace_is_that_of_the_rows_whatever_their_order_of_strength()
    {
        var subspace = new PrincipalSubspace(6);
        var random = new Random(3);
        double[] residual = new double[6];
        for (int i = 0; i < 5_000; i++)
        {
            double a = 3 * Gauss(random), b = Gauss(random);
            subspace.Learn([a, a + b, b, 0.01 * Gauss(random), 0, a - b]);
        }

        subspace.Residual([2, 3, 1, 0, 0, 1], residual);
        residual.ShouldAllBe(left => Math.Abs(left) < 0.05);
        subspace.Residual([0, 0, 0, 0, 1, 0], residual);
        residual[4].ShouldBe(1, 1e-6);
    }

    private static double Wave(int i) => 10 * Math.Sin(i * Math.PI / 12);

    private static double[] Row(double x, Random random) => [x + (0.1 * Gauss(random)), (2 * x) + (0.1 * Gauss(random)), (-5 * x) + (0.3 * Gauss(random))];
}
