using System.Buffers.Binary;

namespace Oddity.Engine.Chunks;

/// <summary>Numbers of a fixed width side by side, lowest bit first, and numbers of as many bytes as they need.</summary>
internal static class Bits
{
    /// <summary>Bytes that <paramref name="count"/> numbers of <paramref name="width"/> bits take.</summary>
    public static int Size(int count, int width) => (int)(((long)count * width + 7) / 8);

    /// <summary>Writes the low <paramref name="width"/> bits of each number; returns the bytes taken. <paramref name="to"/> needs 8 bytes more than that.</summary>
    public static int Pack(ReadOnlySpan<ulong> values, int width, Span<byte> to)
    {
        if (width == 0) return 0;
        ulong mask = ulong.MaxValue >> (64 - width), held = 0;
        int filled = 0, at = 0;
        foreach (ulong value in values)
        {
            ulong low = value & mask;
            held |= low << filled;
            filled += width;
            if (filled < 64) continue;
            BinaryPrimitives.WriteUInt64LittleEndian(to[at..], held);
            at += 8;
            filled -= 64;
            held = filled == 0 ? 0 : low >> (width - filled);
        }

        if (filled > 0) BinaryPrimitives.WriteUInt64LittleEndian(to[at..], held);
        return Size(values.Length, width);
    }

    /// <summary>Reads numbers back; returns the bytes taken.</summary>
    /// <exception cref="InvalidDataException">There are fewer.</exception>
    public static int Unpack(ReadOnlySpan<byte> from, int width, Span<ulong> values)
    {
        if ((uint)width > 64) throw new InvalidDataException("A chunk with an impossible width.");
        int size = Size(values.Length, width);
        if (size > from.Length) throw new InvalidDataException("A chunk that ends too early.");
        if (width == 0)
        {
            values.Clear();
            return 0;
        }

        ulong mask = ulong.MaxValue >> (64 - width);
        int bit = 0;
        for (int i = 0; i < values.Length; i++, bit += width)
        {
            int at = bit >> 3, shift = bit & 7;
            ulong value = Word(from, at) >> shift;
            if (shift + width > 64) value |= Word(from, at + 8) << (64 - shift);
            values[i] = value & mask;
        }

        return size;
    }

    /// <summary>Seven bits a byte, lowest first.</summary>
    public static int WriteVarint(ulong value, Span<byte> to)
    {
        int at = 0;
        for (; value >= 128; value >>= 7) to[at++] = (byte)(value | 128);
        to[at++] = (byte)value;
        return at;
    }

    /// <exception cref="InvalidDataException">It ends too early or is longer than any.</exception>
    public static ulong ReadVarint(ReadOnlySpan<byte> from, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if ((uint)at >= (uint)from.Length) throw new InvalidDataException("A chunk that ends too early.");
            byte next = from[at++];
            value |= (ulong)(next & 127) << shift;
            if (next < 128) return value;
        }

        throw new InvalidDataException("A number longer than any.");
    }

    public static int VarintSize(ulong value) => (Width(value | 1) + 6) / 7;

    /// <summary>Small numbers of either sign as small numbers.</summary>
    public static ulong Fold(long value) => (ulong)(value << 1) ^ (ulong)(value >> 63);

    public static long Unfold(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>Bits a number needs; 0 for 0.</summary>
    public static int Width(ulong value) => 64 - System.Numerics.BitOperations.LeadingZeroCount(value);

    private static ulong Word(ReadOnlySpan<byte> from, int at)
    {
        if (at + 8 <= from.Length) return BinaryPrimitives.ReadUInt64LittleEndian(from[at..]);
        ulong word = 0;
        for (int i = 0; at + i < from.Length; i++) word |= (ulong)from[at + i] << (8 * i);
        return word;
    }
}
