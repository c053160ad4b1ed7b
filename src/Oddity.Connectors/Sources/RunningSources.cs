namespace Oddity.Connectors.Sources;

/// <summary>The sources of this process: starts them together, ends them together, tells how they are doing.</summary>
public sealed class RunningSources(IReadOnlyList<ISource> sources)
{
    /// <summary>In the order given.</summary>
    public IReadOnlyList<SourceStatus> Statuses => [.. sources.Select(source => source.Status)];

    /// <summary>Runs all until cancelled. If one breaks, the others are ended and its exception is thrown.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        List<Task> running = [.. sources.Select(source => Task.Run(() => source.RunAsync(end.Token), CancellationToken.None))];
        try
        {
            while (running.Count > 0)
            {
                Task ended = await Task.WhenAny(running);
                running.Remove(ended);
                await ended;
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
