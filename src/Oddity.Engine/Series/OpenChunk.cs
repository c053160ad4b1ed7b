using Oddity.Detection;
using Oddity.Engine.Chunks;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Series;

/// <summary>
/// The newest samples of a series until they are a chunk: the last few as they are, those before packed. There may be a million of these, so it is a
/// structure that lies in its series. What it holds follows from the samples alone.
/// </summary>
internal struct OpenChunk
{
    /// <summary>Samples that are packed together.</summary>
    private const int BlockSize = 16;

    private Sample[]? _raw;
    private byte[]? _packed;
    private BlockEnd _end;
    private ushort _rawCount;
    private ushort _packedCount;
    private int _packedLength;

    public readonly int Count => _packedCount + _rawCount;

    public void Add(in Sample sample)
    {
        if (_raw is null || _rawCount == _raw.Length) Array.Resize(ref _raw, _raw is null ? 4 : Math.Min(BlockSize, _raw.Length * 2));
        _raw[_rawCount++] = sample;
        if (_rawCount == BlockSize) Pack();
    }

    /// <summary>All of it, in the order it came.</summary>
    public readonly Sample[] ToArray()
    {
        if (Count == 0) return [];
        var samples = new Sample[Count];
        CopyTo(samples);
        return samples;
    }

    /// <summary>As <see cref="ToArray"/>, into the first <see cref="Count"/> of a span.</summary>
    public readonly void CopyTo(Span<Sample> samples)
    {
        if (_packedCount > 0) ChunkCodec.ReadBlocks(_packed.AsSpan(0, _packedLength), samples[.._packedCount]);
        _raw.AsSpan(0, _rawCount).CopyTo(samples[_packedCount..]);
    }

    /// <summary>Begins anew; keeps its memory, which it will need again.</summary>
    public void Clear() => (_rawCount, _packedCount, _packedLength, _end) = (0, 0, 0, default);

    public readonly void Save(StateWriter writer)
    {
        int begin = writer.Length;
        writer.Int32(_packedCount);
        writer.Bytes(_packed.AsSpan(0, _packedLength));
        writer.Int32(_rawCount);
        foreach (Sample sample in _raw.AsSpan(0, _rawCount))
        {
            writer.Int64(sample.TimeMs);
            writer.Double(sample.Value);
        }

        writer.Int32((int)LogRecord.Crc32C(writer.Written[begin..]));
    }

    /// <exception cref="InvalidDataException">It is not what <see cref="Save"/> wrote.</exception>
    public static OpenChunk Load(StateReader reader, int chunkSize)
    {
        var check = new StateWriter();
        var chunk = new OpenChunk();
        int packed = reader.Int32();
        if (packed < 0 || packed % BlockSize != 0 || packed > chunkSize) throw new InvalidDataException("An open chunk longer than any.");
        ReadOnlySpan<byte> bytes = reader.Bytes();
        if (packed > 0)
        {
            (chunk._packedCount, chunk._packedLength, chunk._packed) = ((ushort)packed, bytes.Length, bytes.ToArray());
            Span<Sample> samples = stackalloc Sample[packed];
            chunk._end = ChunkCodec.ReadBlocks(bytes, samples);
        }

        int raw = reader.Count(16);
        if (raw >= BlockSize || packed + raw >= chunkSize) throw new InvalidDataException("An open chunk longer than any.");
        for (; raw > 0; raw--) chunk.Add(new(reader.Int64(), reader.Double()));
        chunk.Save(check);
        if (reader.Int32() != (int)LogRecord.Crc32C(check.Written[..^4])) throw new InvalidDataException("A damaged open chunk: its checksum is another.");
        return chunk;
    }

    private void Pack()
    {
        Span<byte> bytes = stackalloc byte[BlockCodec.MaxSize(BlockSize)];
        int size = BlockCodec.Write(_raw.AsSpan(0, _rawCount), ref _end, bytes), needed = _packedLength + size;
        if (_packed is null || needed > _packed.Length) Array.Resize(ref _packed, Math.Max(needed, _packedLength + (_packedLength / 2)) + 7 & ~7);
        bytes[..size].CopyTo(_packed.AsSpan(_packedLength));
        (_packedLength, _packedCount, _rawCount) = (needed, (ushort)(_packedCount + _rawCount), 0);
    }
}
