using Oddity.Detection;

namespace Oddity.Engine.Chunks;

/// <summary>Reads chunks of the first format: a bit stream of differences of differences and XORs. Nothing writes it any more.</summary>
internal static class OldChunk
{
    public const byte Version = 1;

    /// <exception cref="InvalidDataException">The bytes are not such a chunk.</exception>
    public static Sample[] Decode(byte[] data)
    {
        var bits = new BitReader(data);
        bits.Read(8);
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

    private static long ReadSigned(BitReader bits)
    {
        int prefix = 0;
        while (prefix < 4 && bits.Read(1) == 1) prefix++;
        ulong folded = prefix switch { 0 => 0, 1 => bits.Read(7), 2 => bits.Read(14), 3 => bits.Read(24), _ => bits.Read(64) };
        return (long)(folded >> 1) ^ -(long)(folded & 1);
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
