using Oddity.Detection.Detectors;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class VectorIsolationForestTests
{
    [Fact]
    public void After_forty_rows_in_two_minutes_a_row_that_stands_out_is_odd_and_its_value_is_named()
    {
        var detector = new VectorIsolationForest(3, seed: 1);
        var random = new Random(8);
        for (int i = 0; i < 40; i++) Observe(detector, i, Machine(random)).WarmingUp.ShouldBeTrue();
        Observe(detector, 40, Machine(random)).WarmingUp.ShouldBeFalse();
        Score score = Observe(detector, 41, [40, 99, 60]);
        score.Anomalous.ShouldBeTrue();
        detector.Leading.ShouldBe(1);
        score.Expected.ShouldBe(55, 3);
        score.Upper.ShouldBeInRange(56, 98);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(0)]
    public void A_healthy_machine_is_left_in_peace_for_hours(int refitRows)
    {
        var detector = new VectorIsolationForest(3, seed: 1, With(("refit_rows", refitRows.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        var random = new Random(9);
        int odd = 0;
        for (int i = 0; i < 8_000; i++)
            if (Observe(detector, i, Machine(random)).Anomalous) odd++;
        odd.ShouldBeLessThan(5);
    }

    [Fact]
    public void A_machine_that_drifts_is_learnt_anew()
    {
        var detector = new VectorIsolationForest(3, seed: 1);
        var random = new Random(10);
        int odd = 0;
        for (int i = 0; i < 6_000; i++)
        {
            double[] row = Machine(random);
            row[2] += i * 0.003;
            if (Observe(detector, i, row).Anomalous) odd++;
        }

        odd.ShouldBeLessThan(5);
        Observe(detector, 6_000, [40, 55, 60]).Anomalous.ShouldBeTrue(); // What was usual at the start no longer is.
    }

    [Fact]
    public void A_value_that_never_varied_and_now_does_is_the_leading_one()
    {
        var detector = new VectorIsolationForest(2, seed: 1);
        var random = new Random(11);
        for (int i = 0; i < 100; i++) Observe(detector, i, [Gauss(random), 7]);
        Observe(detector, 100, [0, 8]).Anomalous.ShouldBeTrue();
        detector.Leading.ShouldBe(1);
    }

    private static Score Observe(VectorIsolationForest detector, int i, double[] row) => detector.Observe(Start + (i * 3000L), row);

    private static double[] Machine(Random random) => [40 + (6 * Gauss(random)), 55 + Gauss(random), 60 + (0.5 * Gauss(random))];
}
