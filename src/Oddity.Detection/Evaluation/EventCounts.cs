namespace Oddity.Detection.Evaluation;

/// <summary>Events found and missed, and what was notified besides.</summary>
/// <param name="Hit">Events with a flagged row.</param>
/// <param name="Missed">Events without.</param>
/// <param name="FalseAlarms">Notifications outside of events.</param>
public readonly record struct EventCounts(int Hit, int Missed, int FalseAlarms)
{
    /// <summary>Harmonic mean of precision and recall, 0..1; 0 where there is nothing to find and nothing was said.</summary>
    public double F1 => 2.0 * Hit / Math.Max((2 * Hit) + Missed + FalseAlarms, 1);

    public static EventCounts operator +(EventCounts a, EventCounts b) => new(a.Hit + b.Hit, a.Missed + b.Missed, a.FalseAlarms + b.FalseAlarms);
}
