using Oddity.Detection;

namespace Oddity.Engine.Series;

/// <summary>Values measured together that are watched without a server. Not thread-safe.</summary>
public sealed class OfflineVector
{
    private readonly VectorDetector _detector;
    private readonly Policy _policy;

    internal OfflineVector(VectorDetector detector, Policy policy) => (_detector, _policy) = (detector, policy);

    /// <summary>The dimension that stood out most in the last row.</summary>
    public int Leading => _detector.Leading;

    /// <summary>Scores the row, then learns it; expected value and band are those of <see cref="Leading"/>.</summary>
    /// <param name="timeMs">Event time, Unix milliseconds.</param>
    /// <param name="values">The next values, always the same number.</param>
    /// <param name="odd">Whether the row belongs to an anomaly by the policy in force.</param>
    public Score Observe(long timeMs, ReadOnlySpan<double> values, out bool odd)
    {
        Score score = _detector.Observe(timeMs, values);
        odd = OfflineSeries.IsOdd(_policy, new(timeMs, values[_detector.Leading]), score);
        return score;
    }
}
