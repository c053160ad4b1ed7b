using Oddity.Detection;

namespace Oddity.Engine.Chunks;

/// <summary>A full run of samples, packed. Times inside may be in any order.</summary>
internal sealed record SealedChunk(int Ordinal, long StartMs, long EndMs, byte[] Data)
{
    public static SealedChunk Of(int ordinal, ReadOnlySpan<Sample> samples)
    {
        (long start, long end) = (long.MaxValue, long.MinValue);
        foreach (Sample sample in samples) (start, end) = (Math.Min(start, sample.TimeMs), Math.Max(end, sample.TimeMs));
        return new(ordinal, start, end, ChunkCodec.Encode(samples));
    }
}
