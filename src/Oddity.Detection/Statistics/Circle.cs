namespace Oddity.Detection.Statistics;

/// <summary>
/// Sine and cosine of a fraction of a turn from additions and multiplications alone, so that they have the same bits on every machine;
/// a C library's may differ in the last bit between processors. Error below 1e-15.
/// </summary>
internal static class Circle
{
    /// <param name="turns">1 is the whole circle.</param>
    public static (double Sin, double Cos) At(double turns)
    {
        double within = turns - Math.Floor(turns);
        int quarter = (int)((4 * within) + 0.5);
        double x = (within - (quarter * 0.25)) * (2 * Math.PI), square = x * x; // Within an eighth of a turn of 0.
        double sin = 0, cos = 0;
        for (int k = 17; k >= 1; k -= 2)
        {
            // Horner's form of x − x³/3! + … and 1 − x²/2! + …
            sin = 1 - (square / ((k + 1) * (k + 2)) * sin);
            cos = 1 - (square / (k * (k + 1)) * cos);
        }

        sin *= x;
        return (quarter & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }
}
