using System.Globalization;

namespace Oddity.Server.Api.Calls;

/// <summary>Lengths of time in queries: <c>90s</c>, <c>15m</c>, <c>1h</c>, <c>7d</c>, <c>2w</c>.</summary>
internal static class Lengths
{
    /// <summary>Milliseconds.</summary>
    /// <exception cref="ProblemException">400: not a length, or out of bounds.</exception>
    public static long Read(string name, string? text, string byDefault, TimeSpan least, TimeSpan most)
    {
        string given = string.IsNullOrWhiteSpace(text) ? byDefault : text.Trim();
        long unit = given[^1] switch { 's' => 1000, 'm' => 60_000, 'h' => 3_600_000, 'd' => 86_400_000, 'w' => 604_800_000, _ => 0 };
        bool whole = int.TryParse(given.AsSpan(0, given.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count);
        if (unit > 0 && whole && count * unit >= least.TotalMilliseconds && count * unit <= most.TotalMilliseconds) return count * unit;
        throw ProblemException.BadParameter(name, $"'{Problem.Echo(text)}' is not a length such as 15m, 1h or 7d, from {Write((long)least.TotalMilliseconds)} to {Write((long)most.TotalMilliseconds)}.");
    }

    public static string Write(long ms) => ms switch
    {
        _ when ms % 86_400_000 == 0 => FormattableString.Invariant($"{ms / 86_400_000}d"),
        _ when ms % 3_600_000 == 0 => FormattableString.Invariant($"{ms / 3_600_000}h"),
        _ when ms % 60_000 == 0 => FormattableString.Invariant($"{ms / 60_000}m"),
        _ => FormattableString.Invariant($"{ms / 1000}s"),
    };
}
