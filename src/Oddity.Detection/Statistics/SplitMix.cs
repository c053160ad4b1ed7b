namespace Oddity.Detection.Statistics;

/// <summary>A small seeded generator, the same on every machine (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).</summary>
internal struct SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>What a generator made from it goes on from.</summary>
    public readonly ulong State => _state;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to <paramref name="count"/> − 1, the upper half of a product of 64 bits; its bias is beyond notice.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>0 to 1, 1 excluded.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));
}
