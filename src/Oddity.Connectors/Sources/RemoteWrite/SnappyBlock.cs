using System.Buffers.Binary;

namespace Oddity.Connectors.Sources.RemoteWrite;

/// <summary>
/// Unpacks the snappy block format (not the framed one), after its public description: the length as a varint, then literals and copies of what came
/// before. The length is checked before anything of that size is borrowed.
/// </summary>
public static class SnappyBlock
{
    /// <summary>A copy takes three bytes and yields at most 64: nothing shrinks more.</summary>
    private const int MostGrowth = 22;

    /// <summary>The length that a block claims for its content; false if it claims none that it can have.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> block, out int length)
    {
        (length, int shift, int at) = (0, 0, 0);
        ulong value = 0;
        for (; at < block.Length && shift < 35; shift += 7)
        {
            byte next = block[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next >= 0x80) continue;
            if (value > int.MaxValue || value > (ulong)(block.Length - at) * MostGrowth) return false;
            length = (int)value;
            return true;
        }

        return false;
    }

    /// <summary>Unpacks into <paramref name="content"/>, which is as long as <see cref="TryReadLength"/> says; false if the block is broken.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> block, Span<byte> content)
    {
        int from = 0, to = 0;
        while (block[from++] >= 0x80)
        {
        }

        while (from < block.Length)
        {
            int tag = block[from++], length, offset;
            switch (tag & 3)
            {
                case 0:
                    if (!ReadLiteralLength(block, ref from, tag >> 2, out length) || length > block.Length - from || length > content.Length - to) return false;
                    Copy(block, from, content, to, length);
                    (from, to) = (from + length, to + length);
                    continue;
                case 1:
                    if (from >= block.Length) return false;
                    (length, offset) = (((tag >> 2) & 7) + 4, ((tag & 0xE0) << 3) | block[from++]);
                    break;
                case 2:
                    if (block.Length - from < 2) return false;
                    (length, offset) = ((tag >> 2) + 1, BinaryPrimitives.ReadUInt16LittleEndian(block[from..]));
                    from += 2;
                    break;
                default:
                    if (block.Length - from < 4) return false;
                    (length, offset) = ((tag >> 2) + 1, BinaryPrimitives.ReadInt32LittleEndian(block[from..]));
                    from += 4;
                    break;
            }

            if (offset <= 0 || offset > to || length > content.Length - to) return false;
            Repeat(content, to, offset, length);
            to += length;
        }

        return to == content.Length;
    }

    private static bool ReadLiteralLength(ReadOnlySpan<byte> block, ref int at, int code, out int length)
    {
        length = code + 1;
        if (code < 60) return true;
        int bytes = code - 59;
        if (block.Length - at < bytes) return false;
        uint value = 0;
        for (int i = 0; i < bytes; i++) value |= (uint)block[at + i] << (8 * i);
        at += bytes;
        length = (int)value + 1;
        return value < int.MaxValue;
    }

    /// <summary>Short literals are most of them: sixteen bytes at once where there is room for it, whatever of them is needed.</summary>
    private static void Copy(ReadOnlySpan<byte> block, int from, Span<byte> content, int to, int length)
    {
        if (length <= 16 && block.Length - from >= 16 && content.Length - to >= 16)
            BinaryPrimitives.WriteUInt128LittleEndian(content[to..], BinaryPrimitives.ReadUInt128LittleEndian(block[from..]));
        else block.Slice(from, length).CopyTo(content[to..]);
    }

    /// <summary>Copies what lies <paramref name="offset"/> bytes back; where the two overlap, what was just written is repeated.</summary>
    private static void Repeat(Span<byte> content, int to, int offset, int length)
    {
        if (offset >= 16 && content.Length - to >= length + 16)
        {
            for (int done = 0; done < length; done += 16)
                BinaryPrimitives.WriteUInt128LittleEndian(content[(to + done)..], BinaryPrimitives.ReadUInt128LittleEndian(content[(to - offset + done)..]));
        }
        else if (offset >= length) content.Slice(to - offset, length).CopyTo(content[to..]);
        else for (int i = 0; i < length; i++) content[to + i] = content[to - offset + i];
    }
}
