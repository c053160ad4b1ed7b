using Oddity.Detection;

namespace Oddity.Engine.Anomalies;

/// <summary>Severity from the calibrated score: how rarely a healthy series would do this. A broken static limit is at least high: somebody set it.</summary>
internal static class Severities
{
    public static Severity Of(in Score score, ReadOnlySpan<Vote> votes)
    {
        Severity severity = score.Value switch { >= 0.9 => Severity.Critical, >= 0.6 => Severity.High, >= 0.4 => Severity.Medium, >= 0.25 => Severity.Low, _ => Severity.Info };
        foreach (Vote vote in votes)
        {
            if (vote.Detector == "threshold" && vote.Score.Anomalous && severity < Severity.High) return Severity.High;
        }

        return severity;
    }
}
