using Oddity.Detection.Statistics;

namespace Oddity.Detection.Tests;

public class StudentTests
{
    /// <summary>Two-sided probabilities from published tables.</summary>
    [Theory]
    [InlineData(1.960, 1e9, 0.05)]
    [InlineData(3.291, 1e9, 0.001)]
    [InlineData(4.892, 1e9, 1e-6)]
    [InlineData(2.776, 4, 0.05)]
    [InlineData(4.604, 4, 0.01)]
    [InlineData(8.610, 4, 0.001)]
    [InlineData(2.045, 29, 0.05)]
    [InlineData(3.659, 29, 0.001)]
    public void The_tail_is_that_of_the_tables(double t, double degrees, double probability) =>
        Student.Score(t, degrees).ShouldBe(-Math.Log10(probability) / 10, 0.03 * -Math.Log10(probability) / 10);

    [Fact]
    public void It_grows_from_nothing_to_one()
    {
        foreach (double degrees in (double[])[1, 4, 50, 1e6])
        {
            double before = -1;
            for (double t = 0; t < 100; t += 0.25)
            {
                double score = Student.Score(-t, degrees);
                score.ShouldBeGreaterThanOrEqualTo(before);
                before = score;
            }
        }

        Student.Score(0, 5).ShouldBe(0);
        Student.Score(double.PositiveInfinity, 5).ShouldBe(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(500)]
    public void The_equivalent_is_as_rare(double degrees) => Student.Score(Student.Equivalent(3, degrees), degrees).ShouldBe(Student.Score(3, 1e9), 1e-9);
}
