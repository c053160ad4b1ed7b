using Oddity.Detection.Detectors;

namespace Oddity.Detection.Tests;

public sealed class PerDimensionTests
{
    [Fact]
    public void The_dimension_that_stands_out_leads_and_gives_its_band()
    {
        PerDimension watch = Watch(3);
        for (int i = 0; i < 100; i++) watch.Observe(i * 1_000, [1 + (i % 2), 10 + (i % 3), 100 + (i % 5)]);

        Score score = watch.Observe(100_000, [1, 500, 100]);

        score.Anomalous.ShouldBeTrue();
        watch.Leading.ShouldBe(1);
        score.Expected.ShouldBe(11, 0.5);
    }

    [Fact]
    public void One_dimension_is_its_detector()
    {
        PerDimension watch = Watch(1);
        var alone = new ZScoreDetector(DetectorParameters.None);
        for (int i = 0; i < 200; i++)
        {
            double value = i * 7919 % 23 + (i == 150 ? 900 : 0);
            watch.Observe(i * 1_000, [value]).ShouldBe(alone.Observe(new(i * 1_000, value)));
        }
    }

    [Fact]
    public void A_vote_that_many_dimensions_make_likely_by_chance_is_not_enough_alone()
    {
        PerDimension many = Watch(40);
        double[] row = new double[40];
        Score score = default;
        for (int i = 0; i < 200; i++)
        {
            for (int d = 0; d < row.Length; d++) row[d] = (i + d) * 7919 % 23;
            if (i == 199) row[7] = 11 + (3.3 * 6.6);
            score = many.Observe(i * 1_000, row);
        }

        many.Leading.ShouldBe(7);
        score.Anomalous.ShouldBeFalse();
    }

    [Fact]
    public void A_saved_one_goes_on_as_if_nothing_had_been()
    {
        PerDimension first = Watch(4), second = Watch(4);
        for (int i = 0; i < 100; i++) first.Observe(i * 1_000, Row(i));
        var writer = new StateWriter();
        first.Save(writer);
        second.Load(new(writer.Written.ToArray()));

        for (int i = 100; i < 200; i++) second.Observe(i * 1_000, Row(i)).ShouldBe(first.Observe(i * 1_000, Row(i)));
    }

    [Fact]
    public void A_state_of_other_dimensions_is_refused()
    {
        var writer = new StateWriter();
        Watch(3).Save(writer);

        Should.Throw<InvalidDataException>(() => Watch(4).Load(new(writer.Written.ToArray())));
    }

    private static double[] Row(int i) => [i % 3, i % 5, i * 31 % 17, i == 150 ? 1e6 : 1];

    private static PerDimension Watch(int dimensions) => new([.. Enumerable.Range(0, dimensions).Select(_ => new ZScoreDetector(DetectorParameters.None))]);
}
