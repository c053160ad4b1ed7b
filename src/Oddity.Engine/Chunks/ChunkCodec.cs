using System.Buffers;
using System.Buffers.Binary;
using Oddity.Detection;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Chunks;

/// <summary>A full run of samples as bytes: version, number of samples, then blocks (<see cref="BlockCodec"/>), a checksum. The bytes follow from the samples alone.</summary>
internal static class ChunkCodec
{
    private const byte Version = 2;
    private const int ChecksumSize = 4;

    public static byte[] Encode(ReadOnlySpan<Sample> samples)
    {
        int blocks = (samples.Length + BlockCodec.MaxCount - 1) / BlockCodec.MaxCount;
        byte[] rented = ArrayPool<byte>.Shared.Rent(32 + blocks * BlockCodec.MaxSize(BlockCodec.MaxCount));
        rented[0] = Version;
        int at = 1 + Bits.WriteVarint((ulong)samples.Length, rented.AsSpan(1));
        BlockEnd end = default;
        for (int i = 0; i < samples.Length; i += BlockCodec.MaxCount)
        {
            at += BlockCodec.Write(samples.Slice(i, Math.Min(BlockCodec.MaxCount, samples.Length - i)), ref end, rented.AsSpan(at));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(rented.AsSpan(at), LogRecord.Crc32C(rented.AsSpan(0, at)));
        at += ChecksumSize;
        byte[] data = rented.AsSpan(0, at).ToArray();
        ArrayPool<byte>.Shared.Return(rented);
        return data;
    }

    /// <exception cref="InvalidDataException">The bytes are not such a chunk.</exception>
    public static Sample[] Decode(byte[] data)
    {
        if (data.Length == 0) throw new InvalidDataException("A chunk of nothing.");
        if (data[0] == OldChunk.Version) return OldChunk.Decode(data);
        if (data[0] != Version) throw new InvalidDataException("A chunk of an unknown version.");
        int at = 1, size = data.Length - ChecksumSize;
        if (size < 2 || BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(size)) != LogRecord.Crc32C(data.AsSpan(0, size)))
        {
            throw new InvalidDataException("A damaged chunk: its checksum is another.");
        }

        ulong count = Bits.ReadVarint(data.AsSpan(0, size), ref at);
        if (count > (ulong)(size - at) / 2 * BlockCodec.MaxCount) throw new InvalidDataException("A chunk that claims more samples than it can hold.");
        var samples = new Sample[count];
        ReadBlocks(data.AsSpan(at, size - at), samples);
        return samples;
    }

    /// <summary>Reads blocks until <paramref name="samples"/> is full; returns where the next would go on from.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such blocks.</exception>
    public static BlockEnd ReadBlocks(ReadOnlySpan<byte> from, Span<Sample> samples)
    {
        BlockEnd end = default;
        for (int at = 0, filled = 0; filled < samples.Length;)
        {
            int count = BlockCodec.Count(from[at..]);
            if (filled + count > samples.Length) throw new InvalidDataException("A chunk with more samples than it claims.");
            at += BlockCodec.Read(from[at..], ref end, samples.Slice(filled, count));
            filled += count;
        }

        return end;
    }
}
