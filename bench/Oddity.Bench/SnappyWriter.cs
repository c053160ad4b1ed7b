using System.Buffers.Binary;

namespace Oddity.Bench;

/// <summary>Packs a block of snappy the plain way, four bytes looked up in a table, so that what is unpacked is what senders send: short literals and copies.</summary>
internal static class SnappyWriter
{
    public static byte[] Pack(byte[] content)
    {
        var block = new List<byte>();
        for (uint rest = (uint)content.Length; ; rest >>= 7)
        {
            block.Add((byte)(rest >= 0x80 ? rest | 0x80 : rest));
            if (rest < 0x80) break;
        }

        var places = new int[1 << 14];
        Array.Fill(places, -1);
        int literal = 0, at = 0;
        while (at + 4 <= content.Length)
        {
            uint four = BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(at));
            uint slot = (four * 0x1E35A7BD) >> 18;
            int from = places[slot];
            places[slot] = at;
            if (from < 0 || at - from > ushort.MaxValue || BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(from)) != four)
            {
                at++;
                continue;
            }

            Literal(block, content.AsSpan(literal, at - literal));
            int length = 4;
            while (at + length < content.Length && content[from + length] == content[at + length] && length < 64) length++;
            block.AddRange([(byte)(((length - 1) << 2) | 2), (byte)(at - from), (byte)((at - from) >> 8)]);
            at += length;
            literal = at;
        }

        Literal(block, content.AsSpan(literal));
        return [.. block];
    }

    private static void Literal(List<byte> block, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int length = Math.Min(bytes.Length, 65_536);
            if (length <= 60) block.Add((byte)((length - 1) << 2));
            else block.AddRange([61 << 2, (byte)(length - 1), (byte)((length - 1) >> 8)]);
            foreach (byte one in bytes[..length]) block.Add(one);
            bytes = bytes[length..];
        }
    }
}
