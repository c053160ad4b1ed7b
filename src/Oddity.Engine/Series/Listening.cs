namespace Oddity.Engine.Series;

/// <summary>
/// How long Oddity has listened, counted from the arrivals that the log holds, in steps of ten seconds: a replay counts the same. Where nothing arrived for more
/// than a minute Oddity was down or its clock jumped, and no more than a minute is counted.
/// </summary>
/// <param name="At">The step of wall time in which the last record arrived; 0 before the first.</param>
/// <param name="Steps">Steps listened so far.</param>
internal readonly record struct Listening(long At, long Steps)
{
    public const long StepMs = 10_000;

    private const long MostSteps = 6;

    /// <summary>The same after a record's arrival: unchanged where no step has passed since. A clock that was set back goes on from there.</summary>
    public Listening After(long receivedMs)
    {
        long at = Math.Max(1, receivedMs / StepMs);
        if (At == 0 || at < At - MostSteps) return new(at, Steps + 1);
        return at <= At ? this : new(at, Steps + Math.Min(at - At, MostSteps));
    }
}
