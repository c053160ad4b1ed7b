using System.Buffers;
using System.Globalization;

namespace Oddity.Server.Configuration;

/// <summary>Durations as people write them: <c>100ms</c>, <c>60s</c>, <c>1h30m</c>, <c>30d</c>.</summary>
internal static class DurationText
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
    ];

    /// <summary>Reads numbers with units, at least one; up to 100 years.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="bareUnit">What a number without a unit counts; null refuses one.</param>
    /// <param name="value">The sum.</param>
    public static bool TryParse(string text, TimeSpan? bareUnit, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.IsEmpty) return false;
        if (bareUnit is { } unit && TryNumber(rest, out double bare)) return TryAdd(ref value, bare, unit);
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !TryNumber(rest[..digits], out double number)) return false;
            rest = rest[digits..];
            (string name, TimeSpan length) = UnitAt(rest);
            if (name.Length == 0 || !TryAdd(ref value, number, length)) return false;
            rest = rest[name.Length..];
        }

        return true;
    }

    /// <summary>The shortest of the forms with one unit: <c>90m</c>, <c>12h</c>, <c>1500ms</c>.</summary>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero) return "0s";
        foreach (string name in (string[])["d", "h", "m", "s"])
        {
            TimeSpan length = Units.First(unit => unit.Unit == name).Length;
            if (value.Ticks % length.Ticks == 0) return FormattableString.Invariant($"{value.Ticks / length.Ticks}{name}");
        }

        return FormattableString.Invariant($"{value.TotalMilliseconds}ms");
    }

    private static (string Unit, TimeSpan Length) UnitAt(ReadOnlySpan<char> text)
    {
        foreach ((string Unit, TimeSpan Length) unit in Units)
        {
            if (text.StartsWith(unit.Unit, StringComparison.Ordinal)) return unit;
        }

        return ("", default);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static bool TryAdd(ref TimeSpan sum, double number, TimeSpan unit)
    {
        double ticks = Math.Round(number * unit.Ticks) + sum.Ticks;
        if (!(ticks <= TimeSpan.TicksPerDay * 36_525d)) return false;
        sum = TimeSpan.FromTicks((long)ticks);
        return true;
    }
}
