using System.Buffers.Text;

namespace Oddity.Connectors.Sources;

/// <summary>
/// Reads decimal numbers from text. Up to 2^53 with at most 22 places after the point both the digits and the power of ten are exact, and one division
/// rounds once, so the result is the nearest double (Clinger, "How to read floating point numbers accurately", 1990); anything else goes the long way.
/// </summary>
internal static class NumberText
{
    private const ulong LargestExact = 1UL << 53;

    private static readonly double[] s_powers =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Reads all of the text; false if it is no number. Too large a number is infinite.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        int at = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0, first = at, places = -1;
        ulong digits = 0;
        for (; at < text.Length; at++)
        {
            uint digit = (uint)text[at] - '0';
            if (digit <= 9)
            {
                if (digits > LargestExact / 10) break;
                digits = (digits * 10) + digit;
                if (places >= 0) places++;
            }
            else if (text[at] == (byte)'.' && places < 0 && at > first)
            {
                places = 0;
            }
            else
            {
                break;
            }
        }

        if (at < text.Length || at == first || places is 0 or > 22 || digits > LargestExact)
            return Utf8Parser.TryParse(text, out value, out int used) && used == text.Length;
        value = places > 0 ? digits / s_powers[places] : digits;
        if (text[0] == (byte)'-') value = -value;
        return true;
    }
}
