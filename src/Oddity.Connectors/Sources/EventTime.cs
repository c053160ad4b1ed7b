using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Oddity.Connectors.Sources;

/// <summary>
/// The one reader of times on Oddity's own routes, in files and in query parameters: Unix numbers whose magnitude (or a given precision) decides
/// the unit, and ISO 8601 with or without a zone, which then is UTC. Finer than a millisecond is cut off. Years 1 to 9999.
/// </summary>
public static class EventTime
{
    /// <summary>0001-01-01T00:00:00.000Z.</summary>
    public const long MinMs = -62_135_596_800_000;

    /// <summary>9999-12-31T23:59:59.999Z.</summary>
    public const long MaxMs = 253_402_300_799_999;

    private const long DayMs = 86_400_000;

    // Longer than any time anybody writes; bounds the copy of a text.
    private const int MaxLength = 64;

    /// <summary>Reads a time. Blanks around it are ignored; the empty text is no time.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, TimePrecision precision, out long timeMs) => TryParse(text, precision, out timeMs, out _);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, TimePrecision, out long)"/>
    public static bool TryParse(ReadOnlySpan<char> text, TimePrecision precision, out long timeMs) => TryParse(text, precision, out timeMs, out _);

    /// <summary>Reads the exclusive end of a range: a date without a time of day means the whole day, so the start of the next.</summary>
    public static bool TryParseEnd(ReadOnlySpan<char> text, TimePrecision precision, out long timeMs)
    {
        if (!TryParse(text, precision, out timeMs, out bool dateOnly)) return false;
        if (dateOnly) timeMs = Math.Min(timeMs + DayMs, MaxMs);
        return true;
    }

    /// <summary>Reads <c>?precision=</c>: <c>s</c>, <c>ms</c>, <c>us</c> (<c>u</c>, <c>µs</c>), <c>ns</c> (<c>n</c>); null, empty and <c>auto</c> leave it to the magnitude.</summary>
    [SuppressMessage("Globalization", "CA1308", Justification = "Lower case is how units are written.")]
    public static bool TryParsePrecision(string? text, out TimePrecision precision)
    {
        (bool known, precision) = text?.ToLowerInvariant() switch
        {
            null or "" or "auto" => (true, TimePrecision.Auto),
            "s" => (true, TimePrecision.Seconds),
            "ms" => (true, TimePrecision.Milliseconds),
            "u" or "us" or "µs" or "μs" => (true, TimePrecision.Microseconds),
            "n" or "ns" => (true, TimePrecision.Nanoseconds),
            _ => (false, TimePrecision.Auto),
        };
        return known;
    }

    private static bool TryParse(ReadOnlySpan<char> text, TimePrecision precision, out long timeMs, out bool dateOnly)
    {
        text = text.Trim();
        Span<byte> ascii = stackalloc byte[MaxLength];
        if (text.Length <= MaxLength && System.Text.Ascii.FromUtf16(text, ascii, out int length) == System.Buffers.OperationStatus.Done)
        {
            return TryParse(ascii[..length], precision, out timeMs, out dateOnly);
        }

        (timeMs, dateOnly) = (0, false);
        return false;
    }

    private static bool TryParse(ReadOnlySpan<byte> text, TimePrecision precision, out long timeMs, out bool dateOnly)
    {
        text = text.Trim(" \t\r\n"u8);
        dateOnly = false;
        if (TryNumber(text, precision, out timeMs)) return true;
        return TryIso(text, out timeMs, out dateOnly);
    }

    // Digits are read exactly, since 1700000000.123 has no exact double; an exponent or more than 18 digits goes through a double.
    private static bool TryNumber(ReadOnlySpan<byte> text, TimePrecision precision, out long timeMs)
    {
        timeMs = 0;
        int at = text.Length > 0 && text[0] == (byte)'-' ? 1 : 0;
        int first = at;
        long whole = 0;
        for (; at < text.Length && Digit(text[at]) is var digit and >= 0; at++)
        {
            if (at - first == 18) return TryInexact(text, precision, out timeMs);
            whole = whole * 10 + digit;
        }

        if (at == first) return false;
        long nanos = 0;
        if (at < text.Length && text[at] == (byte)'.')
        {
            long place = 100_000_000;
            for (at++; at < text.Length && Digit(text[at]) is var digit and >= 0; at++, place /= 10) nanos += digit * place;
        }

        if (at < text.Length) return text[at] is (byte)'e' or (byte)'E' && TryInexact(text, precision, out timeMs);
        return TryScale(whole, nanos, negative: first == 1, Unit(whole, precision), out timeMs);
    }

    private static bool TryScale(long whole, long nanos, bool negative, TimePrecision unit, out long timeMs)
    {
        timeMs = 0;
        if (unit == TimePrecision.Seconds && whole > MaxMs / 1000) return false;
        (long ms, bool rest) = unit switch
        {
            TimePrecision.Seconds => (whole * 1000 + nanos / 1_000_000, nanos % 1_000_000 != 0),
            TimePrecision.Milliseconds => (whole, nanos != 0),
            TimePrecision.Microseconds => (whole / 1000, nanos != 0 || whole % 1000 != 0),
            _ => (whole / 1_000_000, nanos != 0 || whole % 1_000_000 != 0),
        };
        timeMs = negative ? -ms - (rest ? 1 : 0) : ms;
        return timeMs is >= MinMs and <= MaxMs;
    }

    private static bool TryInexact(ReadOnlySpan<byte> text, TimePrecision precision, out long timeMs)
    {
        timeMs = 0;
        if (!Utf8Parser.TryParse(text, out double value, out int used) || used != text.Length) return false;
        double ms = Math.Round(Unit(Math.Abs(value), precision) switch
        {
            TimePrecision.Seconds => value * 1000,
            TimePrecision.Milliseconds => value,
            TimePrecision.Microseconds => value / 1000,
            _ => value / 1_000_000,
        });
        if (!(ms is >= MinMs and <= MaxMs)) return false;
        timeMs = (long)ms;
        return true;
    }

    private static TimePrecision Unit(double magnitude, TimePrecision precision) => precision != TimePrecision.Auto ? precision : magnitude switch
    {
        < 1e11 => TimePrecision.Seconds,
        < 1e14 => TimePrecision.Milliseconds,
        < 1e17 => TimePrecision.Microseconds,
        _ => TimePrecision.Nanoseconds,
    };

    // yyyy-MM-dd[(T| )HH:mm[:ss[(.|,)f+]][ ][Z|UTC|(+|-)HH[[:]mm]]]; slashes do for the dashes, lower case for T and Z.
    private static bool TryIso(ReadOnlySpan<byte> text, out long timeMs, out bool dateOnly)
    {
        (timeMs, dateOnly) = (0, text.Length == 10);
        if (text.Length < 10 || text[4] is not ((byte)'-' or (byte)'/') || text[7] != text[4]) return false;
        (int century, int year, int month, int day) = (Two(text, 0), Two(text, 2), Two(text, 5), Two(text, 8));
        if (century < 0 || year < 0 || (year += century * 100) < 1 || month is < 1 or > 12) return false;
        if (day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        timeMs = (new DateTime(year, month, day).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        if (dateOnly) return true;
        if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' ') || text.Length < 16 || text[13] != (byte)':') return false;
        (int hour, int minute, int second) = (Two(text, 11), Two(text, 14), 0);
        long fractionMs = 0;
        ReadOnlySpan<byte> rest = text[16..];
        if (rest.Length > 0 && rest[0] == (byte)':')
        {
            second = rest.Length < 3 ? -1 : Two(rest, 1);
            if (second < 0 || !TryFraction(rest[3..], out fractionMs, out rest)) return false;
        }

        // 60 is a leap second and falls on the first of the next minute.
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second > 60 || !TryZone(rest, out int offsetMinutes)) return false;
        timeMs += (hour * 3600L + (minute - offsetMinutes) * 60L + second) * 1000 + fractionMs;
        return timeMs is >= MinMs and <= MaxMs;
    }

    private static bool TryFraction(ReadOnlySpan<byte> text, out long ms, out ReadOnlySpan<byte> rest)
    {
        ms = 0;
        rest = text;
        if (text.Length == 0 || text[0] is not ((byte)'.' or (byte)',')) return true;
        int at = 1;
        for (int place = 100; at < text.Length && Digit(text[at]) is var digit and >= 0; at++, place /= 10) ms += digit * place;
        rest = text[at..];
        return at > 1;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out int offsetMinutes)
    {
        offsetMinutes = 0;
        text = text.TrimStart((byte)' ');
        if (text.Length == 0 || text.SequenceEqual("Z"u8) || text.SequenceEqual("z"u8) || text.SequenceEqual("UTC"u8)) return true;
        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length is not (3 or 5 or 6) || (text.Length == 6 && text[3] != (byte)':')) return false;
        int hours = Two(text, 1), minutes = text.Length == 3 ? 0 : Two(text, text.Length - 2);
        if (hours is < 0 or > 18 || minutes is < 0 or > 59) return false;
        offsetMinutes = (hours * 60 + minutes) * (text[0] == (byte)'-' ? -1 : 1);
        return true;
    }

    private static int Digit(byte c) => c is >= (byte)'0' and <= (byte)'9' ? c - '0' : -1;

    /// <summary>Two digits as a number; -1 if they are not digits.</summary>
    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        int tens = Digit(text[at]), ones = Digit(text[at + 1]);
        return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
    }
}
