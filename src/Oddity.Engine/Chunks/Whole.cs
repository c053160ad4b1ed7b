namespace Oddity.Engine.Chunks;

/// <summary>
/// Packs a short run of whole numbers into the fewest bits of three ways: all of one width above their smallest; all of one width around zero; the
/// same with the few that need more kept aside. After Zukowski et al., "Super-Scalar RAM-CPU Cache Compression", ICDE 2006 (frame of reference, patched).
/// </summary>
internal static class Whole
{
    /// <summary>Longest run: positions of exceptions are bytes.</summary>
    public const int MaxCount = 255;

    private const byte AboveSmallest = 0x80;
    private const int Patched = 65;

    /// <summary>Most bytes that <see cref="Write"/> touches for so many numbers.</summary>
    public static int MaxSize(int count) => count * 8 + 32;

    /// <summary>Bits a number that the run would take, exceptions left aside: to compare runs.</summary>
    public static int WidthOf(ReadOnlySpan<long> values)
    {
        (long min, long max) = Range(values);
        return values.Length == 0 ? 0 : Bits.Width(unchecked((ulong)max - (ulong)min));
    }

    public static int Write(ReadOnlySpan<long> values, Span<byte> to)
    {
        if (values.Length == 0) return 0;
        (long min, long max) = Range(values);
        int width = Bits.Width(unchecked((ulong)max - (ulong)min)), folded = Math.Max(Bits.Width(Bits.Fold(min)), Bits.Width(Bits.Fold(max)));
        Span<ulong> packed = stackalloc ulong[values.Length];
        (int patchedWidth, long patchedCost) = folded > 2 && values.Length > 4 ? BestPatched(values, folded) : (0, long.MaxValue);
        long aboveCost = (long)width * values.Length + 8 * Bits.VarintSize(Bits.Fold(min)), aroundCost = (long)folded * values.Length;
        if (patchedCost < Math.Min(aboveCost, aroundCost)) return WritePatched(values, patchedWidth, packed, to);
        if (aboveCost < aroundCost)
        {
            to[0] = (byte)(AboveSmallest | width);
            int at = 1 + Bits.WriteVarint(Bits.Fold(min), to[1..]);
            for (int i = 0; i < values.Length; i++) packed[i] = unchecked((ulong)values[i] - (ulong)min);
            return at + Bits.Pack(packed, width, to[at..]);
        }

        to[0] = (byte)folded;
        for (int i = 0; i < values.Length; i++) packed[i] = Bits.Fold(values[i]);
        return 1 + Bits.Pack(packed, folded, to[1..]);
    }

    /// <summary>Fills <paramref name="values"/>; returns the bytes taken.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a run.</exception>
    public static int Read(ReadOnlySpan<byte> from, Span<long> values)
    {
        if (values.Length == 0) return 0;
        if (from.Length == 0) throw new InvalidDataException("A chunk that ends too early.");
        byte head = from[0];
        int at = 1;
        Span<ulong> packed = stackalloc ulong[values.Length];
        if ((head & AboveSmallest) != 0)
        {
            ulong min = (ulong)Bits.Unfold(Bits.ReadVarint(from, ref at));
            at += Bits.Unpack(from[at..], head & 127, packed);
            for (int i = 0; i < values.Length; i++) values[i] = unchecked((long)(packed[i] + min));
            return at;
        }

        int width = head < Patched ? head : head - Patched;
        at += Bits.Unpack(from[at..], width, packed);
        if (head >= Patched) at = Patch(from, at, width, packed);
        for (int i = 0; i < values.Length; i++) values[i] = Bits.Unfold(packed[i]);
        return at;
    }

    private static int Patch(ReadOnlySpan<byte> from, int at, int width, Span<ulong> packed)
    {
        ulong exceptions = Bits.ReadVarint(from, ref at);
        if (exceptions > (ulong)packed.Length) throw new InvalidDataException("A chunk with more exceptions than numbers.");
        for (; exceptions > 0; exceptions--)
        {
            if (at >= from.Length || from[at] >= packed.Length) throw new InvalidDataException("A chunk with an exception nowhere.");
            int position = from[at++];
            packed[position] |= Bits.ReadVarint(from, ref at) << width;
        }

        return at;
    }

    private static int WritePatched(ReadOnlySpan<long> values, int width, Span<ulong> packed, Span<byte> to)
    {
        int exceptions = 0;
        for (int i = 0; i < values.Length; i++)
        {
            packed[i] = Bits.Fold(values[i]);
            if (packed[i] >> width != 0) exceptions++;
        }

        to[0] = (byte)(Patched + width);
        int at = 1 + Bits.Pack(packed, width, to[1..]);
        at += Bits.WriteVarint((ulong)exceptions, to[at..]);
        for (int i = 0; i < values.Length; i++)
        {
            if (packed[i] >> width == 0) continue;
            to[at++] = (byte)i;
            at += Bits.WriteVarint(packed[i] >> width, to[at..]);
        }

        return at;
    }

    /// <summary>The width at which packed numbers and exceptions together take least.</summary>
    private static (int Width, long Cost) BestPatched(ReadOnlySpan<long> values, int widest)
    {
        Span<int> needing = stackalloc int[65];
        needing.Clear();
        foreach (long value in values) needing[Bits.Width(Bits.Fold(value))]++;
        (int best, long cost) = (0, long.MaxValue);
        int exceptions = 0, exceptionBits = 0;
        for (int width = Math.Min(widest, 62); width >= 0; width--)
        {
            long now = (long)width * values.Length + 8;
            exceptionBits = 0;
            for (int wider = width + 1; wider <= widest && exceptions > 0; wider++) exceptionBits += needing[wider] * (8 + 8 * ((wider - width + 6) / 7));
            if (exceptions > 0 && now + exceptionBits < cost) (best, cost) = (width, now + exceptionBits);
            if (exceptions * 8 > values.Length) break;
            exceptions += needing[width];
        }

        return (best, cost);
    }

    private static (long Min, long Max) Range(ReadOnlySpan<long> values)
    {
        (long min, long max) = (long.MaxValue, long.MinValue);
        foreach (long value in values)
        {
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        return (min, max);
    }
}
