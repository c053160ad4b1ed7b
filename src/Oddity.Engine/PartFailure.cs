namespace Oddity.Engine;

/// <summary>How the parts of the engine say that they died.</summary>
internal static class PartFailure
{
    /// <summary>A task that fails when the other does, and never completes otherwise.</summary>
    public static async Task Of(Task part)
    {
        await part.ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
    }
}
