namespace Oddity.Connectors.Sources;

/// <summary>Something that fetches or makes samples by itself, as long as the server runs.</summary>
public interface ISource
{
    /// <summary>How it is doing; may be read from any thread.</summary>
    SourceStatus Status { get; }

    /// <summary>
    /// Works until cancelled, then returns. What goes wrong outside is told by <see cref="Status"/> and tried again; an exception means the source itself is broken.
    /// </summary>
    Task RunAsync(CancellationToken cancel);
}
