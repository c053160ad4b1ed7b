namespace Oddity.Engine;

/// <summary>Another process has the data directory open.</summary>
public sealed class DataDirectoryInUseException(string directory)
    : IOException($"The data directory '{directory}' is in use by another Oddity. Stop that one, or choose another with --data-dir.");
