namespace Oddity.Detection.Statistics;

/// <summary>What to think of a value after nothing but equal ones, where a standard deviation says nothing.</summary>
internal static class Constant
{
    public const string Broken = "constant series broken";

    /// <summary>
    /// Odd if it differs by more than the guard (and more than rounding). There is no spread to measure by, so the score takes 1 % of the level for it, or
    /// a quarter of the change where the level is 0; <see cref="Score.Statistic"/> is the change itself.
    /// </summary>
    public static Score Judge(double value, double level, int n, bool warm, double minDeviation)
    {
        double reach = Math.Max(minDeviation, 1e-9 * Math.Abs(level));
        double change = value - level;
        double spread = level == 0 ? Math.Abs(change) / 4 : 0.01 * Math.Abs(level);
        return new()
        {
            Value = Math.Abs(change) <= reach ? 0 : GaussTail.Score(change / spread, n),
            Expected = level,
            Lower = level - reach,
            Upper = level + reach,
            Anomalous = warm && Math.Abs(change) > reach,
            WarmingUp = !warm,
            Statistic = change,
            Term = Broken,
        };
    }
}
