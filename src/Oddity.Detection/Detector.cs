namespace Oddity.Detection;

/// <summary>
/// Watches one series of single values. Predicts first, then learns: the score of a sample depends on the samples before it alone.
/// Memory is bounded, time comes from the sample, randomness from a seed. Not thread-safe: each series has one owner.
/// </summary>
public abstract class Detector
{
    /// <summary>Scores the sample against what is known, then learns it. Times may repeat and may go back; the score is finite for every finite value.</summary>
    public abstract Score Observe(in Sample sample);

    /// <summary>
    /// Event time, milliseconds, from which on it is odd by itself that no further sample came; null where the detector has no say in that. Whoever asks
    /// compares it with the event time of other series of the same source, never with the wall clock. Changes with <see cref="Observe"/> alone.
    /// </summary>
    public virtual long? OverdueMs => null;

    /// <summary>True if <see cref="OverdueMs"/> may ever be something else than null.</summary>
    public virtual bool WaitsForSamples => false;

    /// <summary>What it thinks of there being no sample up to that time. Nothing is learnt: when the sample comes it is scored as if nobody had asked.</summary>
    /// <param name="nowMs">Event time, milliseconds.</param>
    /// <param name="last">Value of the newest sample.</param>
    public virtual Score Overdue(long nowMs, double last) => Score.WarmUp(last);

    /// <summary>Writes everything <see cref="Observe"/> depends on, parameters excepted.</summary>
    public abstract void Save(StateWriter writer);

    /// <summary>Takes up what <see cref="Save"/> wrote. Observing on gives the same bits as if there had been no interruption.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a state.</exception>
    public abstract void Load(StateReader reader);
}
