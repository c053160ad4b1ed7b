using System.Numerics;
using Oddity.Detection;

namespace Oddity.Engine.Series;

/// <summary>
/// Packs a run of samples: times as differences of differences, values as the XOR with the value before, both in as few bits as they need. Lossless
/// to the bit, in any order of times. The idea and its gains: Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database", VLDB 2015.
/// </summary>
internal static class ChunkCodec
{
    private const byte Version = 1;

    public static byte[] Encode(ReadOnlySpan<Sample> samples)
    {
        var bits = new BitWriter(samples.Length * 4 + 16);
        bits.Write(Version, 8);
        bits.Write((ulong)samples.Length, 32);
        long time = 0, step = 0;
        ulong value = 0;
        int leading = 65, length = 0;
        foreach (Sample sample in samples)
        {
            long delta = unchecked(sample.TimeMs - time);
            WriteSigned(bits, unchecked(delta - step));
            (time, step) = (sample.TimeMs, delta);

            ulong next = BitConverter.DoubleToUInt64Bits(sample.Value);
            ulong difference = next ^ value;
            value = next;
            if (difference == 0)
            {
                bits.Write(0, 1);
                continue;
            }

            int zeros = BitOperations.LeadingZeroCount(difference);
            int tail = BitOperations.TrailingZeroCount(difference);
            if (zeros >= leading && tail >= 64 - leading - length)
            {
                bits.Write(0b10, 2);
            }
            else
            {
                (leading, length) = (zeros, 64 - zeros - tail);
                bits.Write(0b11, 2);
                bits.Write((ulong)leading, 6);
                bits.Write((ulong)(length - 1), 6);
            }

            bits.Write(difference >> (64 - leading - length), length);
        }

        return bits.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not such a chunk.</exception>
    public static Sample[] Decode(byte[] data)
    {
        var bits = new BitReader(data);
        if (bits.Read(8) != Version) throw new InvalidDataException("A chunk of an unknown version.");
        ulong count = bits.Read(32);
        if (count > (ulong)data.Length * 8 / 2) throw new InvalidDataException("A chunk that claims more samples than it can hold.");
        var samples = new Sample[count];
        long time = 0, step = 0;
        ulong value = 0;
        int leading = 0, length = 64;
        for (int i = 0; i < samples.Length; i++)
        {
            step = unchecked(step + ReadSigned(bits));
            time = unchecked(time + step);
            if (bits.Read(1) == 1)
            {
                if (bits.Read(1) == 1) (leading, length) = ((int)bits.Read(6), (int)bits.Read(6) + 1);
                if (leading + length > 64) throw new InvalidDataException("A chunk with an impossible value.");
                value ^= bits.Read(length) << (64 - leading - length);
            }

            samples[i] = new(time, BitConverter.UInt64BitsToDouble(value));
        }

        return samples;
    }

    /// <summary>0 takes one bit; 7, 14, 24 or 64 bits follow a prefix of growing length.</summary>
    private static void WriteSigned(BitWriter bits, long value)
    {
        ulong folded = (ulong)(value << 1) ^ (ulong)(value >> 63);
        if (folded == 0) bits.Write(0, 1);
        else if (folded < 1UL << 7) bits.Write((0b10UL << 7) | folded, 9);
        else if (folded < 1UL << 14) bits.Write((0b110UL << 14) | folded, 17);
        else if (folded < 1UL << 24) bits.Write((0b1110UL << 24) | folded, 28);
        else
        {
            bits.Write(0b1111, 4);
            bits.Write(folded, 64);
        }
    }

    private static long ReadSigned(BitReader bits)
    {
        int prefix = 0;
        while (prefix < 4 && bits.Read(1) == 1) prefix++;
        ulong folded = prefix switch { 0 => 0, 1 => bits.Read(7), 2 => bits.Read(14), 3 => bits.Read(24), _ => bits.Read(64) };
        return (long)(folded >> 1) ^ -(long)(folded & 1);
    }

    private sealed class BitWriter(int capacity)
    {
        private byte[] _bytes = new byte[capacity];
        private int _bit;

        /// <summary>Appends the low <paramref name="count"/> bits, highest first.</summary>
        public void Write(ulong value, int count)
        {
            if ((_bit + count + 7) / 8 > _bytes.Length) Array.Resize(ref _bytes, _bytes.Length * 2);
            while (count > 0)
            {
                int free = 8 - (_bit & 7);
                int take = Math.Min(free, count);
                ulong part = (value >> (count - take)) & ((1UL << take) - 1);
                _bytes[_bit >> 3] |= (byte)(part << (free - take));
                _bit += take;
                count -= take;
            }
        }

        public byte[] ToArray() => _bytes.AsSpan(0, (_bit + 7) / 8).ToArray();
    }

    private sealed class BitReader(byte[] bytes)
    {
        private long _bit;

        public ulong Read(int count)
        {
            if (_bit + count > bytes.Length * 8L) throw new InvalidDataException("A chunk that ends too early.");
            ulong value = 0;
            while (count > 0)
            {
                int left = 8 - (int)(_bit & 7);
                int take = Math.Min(left, count);
                value = (value << take) | ((ulong)(bytes[_bit >> 3] >> (left - take)) & ((1UL << take) - 1));
                _bit += take;
                count -= take;
            }

            return value;
        }
    }
}
