using Oddity.Detection.Statistics;

namespace Oddity.Detection.Tests;

/// <summary>The library's own logarithms and powers, against the platform's.</summary>
public class ElementaryTests
{
    private static readonly double[] Sizes = [.. Enumerable.Range(-300, 601).SelectMany(e => (double[])[Math.Pow(10, e), 1.7 * Math.Pow(10, e), Math.ScaleB(1, e)])];

    [Fact]
    public void Logarithms_are_those_of_the_platform_to_the_last_places()
    {
        foreach (double x in Sizes)
        {
            Elementary.Log(x).ShouldBe(Math.Log(x), (Math.Abs(Math.Log(x)) * 4e-16) + 2e-16, $"{x:R}");
            Elementary.Log10(x).ShouldBe(Math.Log10(x), (Math.Abs(Math.Log10(x)) * 8e-16) + 2e-16, $"{x:R}");
        }

        var random = new Random(1);
        for (int i = 0; i < 10_000; i++)
        {
            double x = 0.5 + random.NextDouble();
            Elementary.Log(x).ShouldBe(Math.Log(x), 3e-16, $"{x:R}");
        }

        Elementary.Log(1).ShouldBe(0);
        Elementary.Log(0).ShouldBe(double.NegativeInfinity);
        Elementary.Log(double.PositiveInfinity).ShouldBe(double.PositiveInfinity);
        Elementary.Log(-1).ShouldBe(double.NaN);
        Elementary.Log(double.Epsilon).ShouldBe(Math.Log(double.Epsilon), 1e-12);
        for (int e = 0; e < 60; e++) Elementary.Log2(Math.ScaleB(1, e)).ShouldBe(e, 1e-14);
    }

    [Fact]
    public void Powers_are_those_of_the_platform_to_the_last_places()
    {
        for (double x = -744; x < 709; x += 0.37) Near(Elementary.Exp(x), Math.Exp(x), x < -700 ? 1e-2 : 1e-15, x);
        Elementary.Exp(-1000).ShouldBe(0);
        Elementary.Exp(1000).ShouldBe(double.PositiveInfinity);
        Elementary.Exp(0).ShouldBe(1);
        foreach (double y in (double[])[-3.3, -0.2, 0.5, 2, 5])
            foreach (double x in (double[])[1e-10, 0.3, 1, 1.5, 7, 1e20]) Near(Elementary.Pow(x, y), Math.Pow(x, y), 1e-13, x);
        Elementary.Pow(0, 2).ShouldBe(0);
        Elementary.Pow(0, -2).ShouldBe(double.PositiveInfinity);
    }

    [Fact]
    public void The_area_sine_goes_through_zero_and_reaches_far()
    {
        foreach (double x in Sizes.Where(x => x < 1e150))
        {
            Elementary.Asinh(x).ShouldBe(Math.Asinh(x), (Math.Abs(Math.Asinh(x)) * 2e-15) + 3e-16, $"{x:R}");
            Elementary.Asinh(-x).ShouldBe(-Elementary.Asinh(x));
        }
    }

    private static void Near(double value, double wanted, double relative, double at) => value.ShouldBe(wanted, (Math.Abs(wanted) * relative) + double.Epsilon, $"at {at:R}");
}
