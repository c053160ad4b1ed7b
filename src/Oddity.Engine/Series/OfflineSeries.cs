using Oddity.Detection;

namespace Oddity.Engine.Series;

/// <summary>One series that is watched without a server. Not thread-safe.</summary>
public sealed class OfflineSeries
{
    private readonly Detector _detector;
    private readonly Policy _policy;

    internal OfflineSeries(Detector detector, Policy policy) => (_detector, _policy) = (detector, policy);

    /// <summary>Scores the sample, then learns it.</summary>
    /// <param name="sample">The next one.</param>
    /// <param name="odd">Whether it belongs to an anomaly by the policy in force.</param>
    public Score Observe(in Sample sample, out bool odd)
    {
        Score score = _detector.Observe(sample);
        odd = IsOdd(_policy, sample, score);
        return score;
    }

    /// <summary>The sample that opens an anomaly counts, and those after it that are odd by themselves; those that only hold it open do not.</summary>
    internal static bool IsOdd(Policy policy, in Sample sample, in Score score)
    {
        Verdict verdict = policy.Step(sample, score);
        return verdict == Verdict.Opened || (verdict == Verdict.Continues && policy.Voted);
    }
}
