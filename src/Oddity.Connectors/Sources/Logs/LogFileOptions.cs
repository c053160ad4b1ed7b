namespace Oddity.Connectors.Sources.Logs;

/// <summary>Which files of lines are followed.</summary>
public sealed record LogFileOptions
{
    /// <summary>Names of files; <c>*</c> and <c>?</c> in the last part stand for several.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whose the lines are.</summary>
    public required string Tenant { get; init; }

    /// <summary>Folder in which it is written down how far files are read.</summary>
    public required string StateFolder { get; init; }

    /// <summary>How often it looks. Default 500 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);
}
