using Oddity.Detection.Statistics;
using static Oddity.Detection.Tests.Series;

namespace Oddity.Detection.Tests;

public class LearntTailTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1e-200)]
    [InlineData(1e140)]
    public void It_tells_the_share_of_figures_beyond(double unit)
    {
        var tail = new LearntTail();
        var random = new Random(1);
        for (int i = 0; i < 30_000; i++) tail.Learn(unit * -Math.Log(1 - random.NextDouble()));
        for (int x = 1; x <= 7; x++) tail.Tail(x * unit).ShouldBeInRange(Math.Exp(-x) * 0.6, Math.Exp(-x) * 1.6);
    }

    [Fact]
    public void Reaches_is_the_way_back()
    {
        var tail = new LearntTail();
        var random = new Random(1);
        for (int i = 0; i < 3_000; i++) tail.Learn(Math.Abs(Gauss(random)));
        foreach (double p in (double[])[0.5, 0.1, 1e-2, 1e-3, 1e-4, 1e-6]) tail.Tail(tail.Reaches(p)).ShouldBe(p, p * 0.02);
    }

    [Fact]
    public void One_outlier_fades_and_a_new_scale_is_followed()
    {
        var tail = new LearntTail();
        var random = new Random(1);
        tail.Learn(1e9);
        for (int i = 0; i < 200_000; i++) tail.Learn(1e-6 * random.NextDouble());
        tail.Tail(5e-7).ShouldBe(0.5, 0.05);
        tail.Tail(1).ShouldBeLessThan(1e-4);
        for (int i = 0; i < 200_000; i++) tail.Learn(1e12 * random.NextDouble());
        tail.Tail(5e11).ShouldBe(0.5, 0.05);
    }

    [Fact]
    public void Of_zeros_alone_nothing_is_known_and_anything_else_is_new()
    {
        var tail = new LearntTail();
        for (int i = 0; i < 99; i++) tail.Learn(0);
        tail.OnlyZeros.ShouldBeTrue();
        tail.Tail(0).ShouldBe(1);
        tail.Tail(1).ShouldBe(0.01);
    }
}
