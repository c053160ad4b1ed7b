namespace Oddity.Server.Configuration;

/// <summary>A kind of value: how it reads from text and how it is written.</summary>
/// <param name="Name">What people may write, such as "duration (100ms, 60s, 5m, 12h, 30d)".</param>
/// <param name="Parse">The value, or what is wrong with the text.</param>
/// <param name="Format">The text that reads as the value.</param>
internal sealed record Kind<T>(string Name, Func<string, Parsed<T>> Parse, Func<T, string> Format)
{
    /// <summary>The same from the items of a YAML list; null for kinds that are no lists.</summary>
    public Func<IReadOnlyList<string>, Parsed<T>>? ParseItems { get; init; }
}
