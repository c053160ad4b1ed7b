using Oddity.Detection;

namespace Oddity.Engine.Series;

/// <summary>Scores that no detector made.</summary>
internal static class Scores
{
    /// <summary>The score where nothing watches.</summary>
    public static Score Silent(double value) => new()
    {
        Value = 0,
        Expected = value,
        Lower = double.NegativeInfinity,
        Upper = double.PositiveInfinity,
        Anomalous = false,
        Term = "not watched",
    };
}
