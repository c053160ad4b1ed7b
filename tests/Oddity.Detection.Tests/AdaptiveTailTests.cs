using Oddity.Detection.Statistics;

namespace Oddity.Detection.Tests;

public class AdaptiveTailTests
{
    [Fact]
    public void Surprise_is_the_tail_probability_of_what_was_learnt()
    {
        var random = new Random(1);
        var tails = new TailBank(1) { Memory = 20_000 };
        for (int i = 0; i < 20_000; i++) tails.Learn(0, AdaptiveHealthyShapes.Gauss(random));
        tails.Surprise(0, 0.5).ShouldBe(0);
        tails.Surprise(0, 2.326).ShouldBe(2, 0.15);
        tails.Surprise(0, -3.09).ShouldBe(3, 0.25);
        tails.Surprise(0, 50).ShouldBeGreaterThan(6);
    }

    [Fact]
    public void Surprise_never_falls_as_the_deviation_grows()
    {
        var random = new Random(2);
        var tails = new TailBank(1) { Memory = 8_000 };
        for (int i = 0; i < 5_000; i++) tails.Learn(0, Math.Exp(2 * AdaptiveHealthyShapes.Gauss(random)));
        double last = 0;
        for (double size = 0.01; size < 1e6; size *= 1.05)
        {
            double now = tails.Surprise(0, size);
            now.ShouldBeGreaterThan(last - 0.35); // Bucket edges may step a little.
            last = now;
        }
    }

    [Fact]
    public void The_unit_does_not_matter()
    {
        var random = new Random(3);
        var ones = new TailBank(1) { Memory = 8_000 };
        var big = new TailBank(1) { Memory = 8_000 };
        for (int i = 0; i < 3_000; i++)
        {
            double deviation = AdaptiveHealthyShapes.Gauss(random);
            ones.Learn(0, deviation);
            big.Learn(0, deviation * 1048576);
        }

        big.Surprise(0, 4 * 1048576).ShouldBe(ones.Surprise(0, 4), 1e-9);
    }

    [Fact]
    public void What_happens_now_and_then_is_not_a_surprise_even_if_the_first_was_far_larger()
    {
        var tails = new TailBank(1) { Memory = 8_000 };
        tails.Learn(0, 1e9);
        for (int i = 0; i < 3_000; i++) tails.Learn(0, i % 100 == 0 ? 7 + (i % 3) : -0.001 * (i % 7));
        tails.Surprise(0, 8).ShouldBeLessThan(2.5);
    }

    [Fact]
    public void The_reach_of_a_level_is_where_surprise_gets_there()
    {
        var random = new Random(4);
        var tails = new TailBank(1) { Memory = 8_000 };
        for (int i = 0; i < 5_000; i++) tails.Learn(0, AdaptiveHealthyShapes.Gauss(random));
        double reach = tails.Reach(0, 1, 4);
        tails.Surprise(0, reach * 1.02).ShouldBeGreaterThanOrEqualTo(4);
        tails.Surprise(0, reach * 0.9).ShouldBeLessThan(4);
    }
}
