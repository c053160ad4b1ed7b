using System.Globalization;
using Oddity.Connectors.Sources;

namespace Oddity.Server.Api;

/// <summary>Reads query parameters; a mistake is a 400 that names the parameter and what it takes.</summary>
internal static class Query
{
    public static int Count(string name, string? text, int byDefault, int min, int max)
    {
        if (string.IsNullOrEmpty(text)) return byDefault;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max) return value;
        throw ProblemException.BadParameter(name, $"'{Problem.Echo(text)}' is not a whole number from {min} to {max}.");
    }

    /// <summary>True and false, 1 and 0; the bare name (<c>?atomic</c>) is true; null where it is not given.</summary>
    public static bool? Flag(string name, string? text) => text?.ToLowerInvariant() switch
    {
        null => null,
        "" or "true" or "1" or "yes" => true,
        "false" or "0" or "no" => false,
        _ => throw ProblemException.BadParameter(name, $"'{Problem.Echo(text)}' is neither true nor false."),
    };

    /// <summary>A time, in Unix milliseconds; null where it is not given.</summary>
    public static long? Time(string name, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        return EventTime.TryParse(text, TimePrecision.Auto, out long ms) ? ms : throw NotATime(name, text);
    }

    /// <summary>The exclusive end of a range: a date alone means to the end of that day.</summary>
    public static long? End(string name, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        return EventTime.TryParseEnd(text, TimePrecision.Auto, out long ms) ? ms : throw NotATime(name, text);
    }

    /// <summary>The words of a comma list, blanks trimmed, each read by <paramref name="read"/>; null where it is not given.</summary>
    public static IReadOnlyCollection<T>? List<T>(string name, string? text, Func<string, T?> read, string takes)
        where T : struct
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var values = new HashSet<T>();
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            values.Add(read(word) ?? throw ProblemException.BadParameter(name, $"'{Problem.Echo(word)}' is none of {takes}."));
        return values.Count == 0 ? null : values;
    }

    private static ProblemException NotATime(string name, string text) => ProblemException.BadParameter(
        name, $"'{Problem.Echo(text)}' is not a time. Write 2026-01-31, 2026-01-31T12:00:00Z, or Unix seconds or milliseconds.");
}
