using System.Numerics;
using Oddity.Detection;

namespace Oddity.Engine.Chunks;

/// <summary>
/// Packs up to <see cref="MaxCount"/> samples that follow others. Times as differences of differences; values, whichever is smallest: nothing where
/// they repeat the one before, whole numbers of a <see cref="Scale"/> or their differences, or the XOR with the value before in the bits where any
/// differs. Lossless to the bit, times in any order. XOR and differences of differences: Pelkonen et al., "Gorilla", VLDB 2015.
/// </summary>
internal static class BlockCodec
{
    /// <summary>Most samples in a block.</summary>
    public const int MaxCount = 128;

    private const int Same = 0, SameScale = 1, NewScale = 2, Xor = 3, XorSparse = 4;
    private const int ValueForm = 7, Regular = 8, Direct = 16, Start = 32;

    /// <summary>Most bytes that <see cref="Write"/> touches for so many samples.</summary>
    public static int MaxSize(int count) => 2 * Whole.MaxSize(count) + count / 8 + 64;

    /// <summary>Writes the samples after those that <paramref name="last"/> is the end of; returns the bytes taken.</summary>
    public static int Write(ReadOnlySpan<Sample> samples, ref BlockEnd last, Span<byte> to)
    {
        to[0] = (byte)samples.Length;
        int at = 2;
        at += WriteTimes(samples, ref last, to[at..], out int timeForm);
        at += WriteValues(samples, ref last, to[at..], out int valueForm);
        to[1] = (byte)(timeForm | valueForm);
        return at;
    }

    /// <summary>Reads one block into <paramref name="samples"/>, as many as <see cref="Count"/> says; returns the bytes taken.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a block.</exception>
    public static int Read(ReadOnlySpan<byte> from, ref BlockEnd last, Span<Sample> samples)
    {
        int form = from[1], at = 2;
        Span<long> times = stackalloc long[samples.Length];
        at += ReadTimes(from[at..], form, ref last, times);
        at += ReadValues(from[at..], form, ref last, times, samples);
        return at;
    }

    /// <summary>How many samples the block at the beginning of <paramref name="from"/> holds.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static int Count(ReadOnlySpan<byte> from) =>
        from.Length >= 2 && from[0] is > 0 and <= MaxCount ? from[0] : throw new InvalidDataException("A chunk with an impossible block.");

    private static int WriteTimes(ReadOnlySpan<Sample> samples, ref BlockEnd last, Span<byte> to, out int form)
    {
        Span<long> changes = stackalloc long[samples.Length];
        int at = 0, from = 0;
        form = 0;
        if (last.IsStart)
        {
            form = Start;
            last.TimeMs = samples[0].TimeMs;
            at += Bits.WriteVarint(Bits.Fold(last.TimeMs), to);
            last.Step = samples.Length > 1 ? unchecked(samples[1].TimeMs - last.TimeMs) : 0;
            at += Bits.WriteVarint(Bits.Fold(last.Step), to[at..]);
            from = 1;
        }

        long any = 0, time = last.TimeMs, step = last.Step;
        for (int i = from; i < samples.Length; i++)
        {
            long next = unchecked(samples[i].TimeMs - time);
            changes[i] = unchecked(next - step);
            any |= changes[i];
            (time, step) = (samples[i].TimeMs, next);
        }

        (last.TimeMs, last.Step) = (time, step);
        if (any != 0) return at + Whole.Write(changes[from..], to[at..]);
        form |= Regular;
        return at;
    }

    private static int ReadTimes(ReadOnlySpan<byte> from, int form, ref BlockEnd last, Span<long> times)
    {
        int at = 0, first = 0;
        if ((form & Start) != 0)
        {
            times[0] = last.TimeMs = Bits.Unfold(Bits.ReadVarint(from, ref at));
            last.Step = Bits.Unfold(Bits.ReadVarint(from, ref at));
            first = 1;
        }

        Span<long> rest = times[first..];
        if ((form & Regular) == 0) at += Whole.Read(from[at..], rest);
        else rest.Clear();
        long time = last.TimeMs, step = last.Step;
        for (int i = 0; i < rest.Length; i++)
        {
            step = unchecked(step + rest[i]);
            rest[i] = time = unchecked(time + step);
        }

        (last.TimeMs, last.Step) = (time, step);
        return at;
    }

    private static int WriteValues(ReadOnlySpan<Sample> samples, ref BlockEnd last, Span<byte> to, out int form)
    {
        Span<double> values = stackalloc double[samples.Length];
        ulong before = last.ValueBits, differing = 0;
        int changes = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            values[i] = samples[i].Value;
            ulong bits = BitConverter.DoubleToUInt64Bits(values[i]), difference = bits ^ before;
            differing |= difference;
            if (difference != 0) changes++;
            before = bits;
        }

        if (differing == 0)
        {
            form = Same;
            return 0;
        }

        Span<long> whole = stackalloc long[samples.Length];
        Scale scale = last.Scale;
        if (scale.IsNone || !scale.Fits(values, whole)) scale = Scale.For(values, whole);
        int at = scale.IsNone ? WriteXor(values, differing, changes, ref last, to, out form) : WriteWhole(whole, scale, ref last, to, out form);
        last.ValueBits = before;
        return at;
    }

    private static int WriteWhole(ReadOnlySpan<long> whole, Scale scale, ref BlockEnd last, Span<byte> to, out int form)
    {
        Span<long> steps = stackalloc long[whole.Length];
        int at = 0, from = 0;
        long before = last.Whole;
        form = SameScale;
        if (scale != last.Scale)
        {
            form = NewScale;
            to[at++] = scale.Code;
            at += Bits.WriteVarint(Bits.Fold(before = whole[0]), to[at..]);
            from = 1;
        }

        for (int i = from; i < whole.Length; i++)
        {
            steps[i] = whole[i] - before;
            before = whole[i];
        }

        (last.Scale, last.Whole) = (scale, before);
        if (Whole.WidthOf(whole[from..]) >= Whole.WidthOf(steps[from..])) return at + Whole.Write(steps[from..], to[at..]);
        form |= Direct;
        return at + Whole.Write(whole[from..], to[at..]);
    }

    private static int WriteXor(ReadOnlySpan<double> values, ulong differing, int changes, ref BlockEnd last, Span<byte> to, out int form)
    {
        int trailing = BitOperations.TrailingZeroCount(differing), width = Bits.Width(differing >> trailing), at = 2, kept = 0;
        (to[0], to[1]) = ((byte)trailing, (byte)width);
        bool sparse = values.Length + changes * width < values.Length * width;
        Span<ulong> packed = stackalloc ulong[values.Length];
        Span<byte> map = to.Slice(at, sparse ? Bits.Size(values.Length, 1) : 0);
        map.Clear();
        at += map.Length;
        ulong before = last.ValueBits;
        for (int i = 0; i < values.Length; i++)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(values[i]), difference = bits ^ before;
            before = bits;
            if (sparse && difference == 0) continue;
            if (sparse) map[i >> 3] |= (byte)(1 << (i & 7));
            packed[kept++] = difference >> trailing;
        }

        form = sparse ? XorSparse : Xor;
        last.Scale = Scale.None;
        return at + Bits.Pack(packed[..kept], width, to[at..]);
    }

    private static int ReadValues(ReadOnlySpan<byte> from, int form, ref BlockEnd last, ReadOnlySpan<long> times, Span<Sample> samples)
    {
        int kind = form & ValueForm;
        if (kind is SameScale or NewScale) return ReadWhole(from, form, ref last, times, samples);
        if (kind is Xor or XorSparse) return ReadXor(from, kind == XorSparse, ref last, times, samples);
        if (kind != Same) throw new InvalidDataException("A chunk with values of an unknown form.");
        double value = BitConverter.UInt64BitsToDouble(last.ValueBits);
        for (int i = 0; i < samples.Length; i++) samples[i] = new(times[i], value);
        return 0;
    }

    private static int ReadWhole(ReadOnlySpan<byte> from, int form, ref BlockEnd last, ReadOnlySpan<long> times, Span<Sample> samples)
    {
        Span<long> whole = stackalloc long[samples.Length];
        int at = 0, first = 0;
        if ((form & ValueForm) == NewScale)
        {
            if (from.Length == 0) throw new InvalidDataException("A chunk that ends too early.");
            last.Scale = Scale.Read(from[at++]);
            whole[0] = last.Whole = Bits.Unfold(Bits.ReadVarint(from, ref at));
            first = 1;
        }

        Scale scale = last.Scale.IsNone ? throw new InvalidDataException("A chunk without a scale.") : last.Scale;
        at += Whole.Read(from[at..], whole[first..]);
        if ((form & Direct) == 0)
        {
            long sum = last.Whole;
            for (int i = first; i < whole.Length; i++) whole[i] = sum = unchecked(sum + whole[i]);
        }

        last.Whole = whole[^1];
        for (int i = 0; i < samples.Length; i++) samples[i] = new(times[i], scale.ToDouble(whole[i]));
        last.ValueBits = BitConverter.DoubleToUInt64Bits(samples[^1].Value);
        return at;
    }

    private static int ReadXor(ReadOnlySpan<byte> from, bool sparse, ref BlockEnd last, ReadOnlySpan<long> times, Span<Sample> samples)
    {
        int mapped = sparse ? Bits.Size(samples.Length, 1) : 0, at = 2 + mapped, kept = 0;
        if (from.Length < at) throw new InvalidDataException("A chunk that ends too early.");
        int trailing = from[0], width = from[1];
        if (trailing + width > 64) throw new InvalidDataException("A chunk with an impossible value.");
        ReadOnlySpan<byte> map = from.Slice(2, mapped);
        int changes = samples.Length;
        if (sparse)
        {
            changes = 0;
            for (int i = 0; i < samples.Length; i++) changes += (map[i >> 3] >> (i & 7)) & 1;
        }

        Span<ulong> packed = stackalloc ulong[samples.Length];
        at += Bits.Unpack(from[at..], width, packed[..changes]);
        ulong bits = last.ValueBits;
        for (int i = 0; i < samples.Length; i++)
        {
            if (!sparse || ((map[i >> 3] >> (i & 7)) & 1) == 1) bits ^= packed[kept++] << trailing;
            samples[i] = new(times[i], BitConverter.UInt64BitsToDouble(bits));
        }

        (last.ValueBits, last.Scale) = (bits, Scale.None);
        return at;
    }
}
