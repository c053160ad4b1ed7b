using System.Buffers.Text;

namespace Oddity.Connectors.Sources.Files;

/// <summary>Reads numbers out of the fields of a table.</summary>
internal static class Cell
{
    private const int MaxNumberBytes = 64;

    /// <summary>A number and nothing else; infinite if it is too large for a double. With a decimal comma, one comma stands for the point.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> cell, bool decimalComma, out double value)
    {
        if (decimalComma && cell.Length <= MaxNumberBytes && cell.IndexOf((byte)',') is var comma and >= 0 && !cell.Contains((byte)'.'))
        {
            Span<byte> point = stackalloc byte[cell.Length];
            cell.CopyTo(point);
            point[comma] = (byte)'.';
            return TryNumber(point, false, out value);
        }

        return Utf8Parser.TryParse(cell, out value, out int used) && used == cell.Length;
    }

    /// <summary>How data tools write that there is no value; empty counts too.</summary>
    public static bool IsMissing(ReadOnlySpan<byte> cell) => cell.Length switch
    {
        0 => true,
        2 => cell.SequenceEqual("NA"u8),
        3 => cell.SequenceEqual("nan"u8) || cell.SequenceEqual("NaN"u8) || cell.SequenceEqual("N/A"u8),
        4 => cell.SequenceEqual("null"u8) || cell.SequenceEqual("NULL"u8) || cell.SequenceEqual("None"u8),
        _ => false,
    };
}
