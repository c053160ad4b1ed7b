using System.Security.Cryptography;
using System.Text;

namespace Oddity.Engine.Changes;

/// <summary>Something that people or their tools did to what is watched: a deployment, a changed setting, a feature switched on. Kept beside the series, drawn on their charts.</summary>
public sealed record Change
{
    /// <summary>Who made it, or made by <see cref="IdOf"/>; the same id given again is the same change.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="ChangeKind"/>'s words.</summary>
    public required string Kind { get; init; }

    /// <summary>A short line for charts.</summary>
    public required string Title { get; init; }

    /// <summary>When it began, Unix milliseconds.</summary>
    public required long StartMs { get; init; }

    /// <summary>When it ended; null for a moment.</summary>
    public long? EndMs { get; init; }

    /// <summary>What was changed; null if that was not said.</summary>
    public string? Service { get; init; }

    /// <summary>What it was changed to; null if that was not said.</summary>
    public string? Version { get; init; }

    /// <summary>More about it; null for nothing.</summary>
    public string? Text { get; init; }

    /// <summary>Where to read on, http or https; null for nowhere.</summary>
    public string? Link { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>32 hexadecimal digits of a hash of what a change is, so that a repeat is the same one.</summary>
    public static string IdOf(string tenant, string kind, long startMs, string? service, string? version, string title, string? text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{kind}\n{startMs}\n{service}\n{version}\n{title}\n{text}")).AsSpan(0, 16));
}
