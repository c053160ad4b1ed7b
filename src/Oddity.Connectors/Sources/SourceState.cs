namespace Oddity.Connectors.Sources;

/// <summary>How a source is doing.</summary>
public enum SourceState
{
    /// <summary>Not started, or ended.</summary>
    Off,

    /// <summary>The last attempt brought samples in.</summary>
    Ok,

    /// <summary>The last attempt did not; it goes on trying.</summary>
    Failing,
}
