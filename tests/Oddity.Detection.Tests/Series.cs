namespace Oddity.Detection.Tests;

/// <summary>Series to test with.</summary>
internal static class Series
{
    public const long Start = 1_760_000_000_000;

    public static Score Last(Detector detector, params ReadOnlySpan<double> values)
    {
        Score score = default;
        for (int i = 0; i < values.Length; i++) score = detector.Observe(new(Start + (i * 1000L), values[i]));
        return score;
    }

    public static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static DetectorParameters With(params (string Name, string Value)[] values) =>
        new(values.Select(value => KeyValuePair.Create(value.Name, value.Value)));
}
