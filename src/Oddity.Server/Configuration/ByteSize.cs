using System.Globalization;

namespace Oddity.Server.Configuration;

/// <summary>Sizes as people write them: <c>4096</c>, <c>64KiB</c>, <c>32MiB</c>; K, M and G stand for powers of 1,024.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, int Shift)[] Units =
    [
        ("GiB", 30), ("MiB", 20), ("KiB", 10), ("GB", 30), ("MB", 20), ("KB", 10), ("G", 30), ("M", 20), ("K", 10), ("B", 0),
    ];

    public static bool TryParse(string text, out long bytes)
    {
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        int shift = 0;
        foreach ((string suffix, int unit) in Units)
        {
            if (!number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;
            number = number[..^suffix.Length].TrimEnd();
            shift = unit;
            break;
        }

        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out bytes) || bytes > long.MaxValue >> shift) return false;
        bytes <<= shift;
        return true;
    }

    public static string Format(long bytes)
    {
        foreach ((string suffix, int shift) in Units.Take(3))
        {
            if (bytes > 0 && bytes % (1L << shift) == 0) return FormattableString.Invariant($"{bytes >> shift}{suffix}");
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
