namespace Oddity.Engine.Chunks;

/// <summary>The end of a run of samples, which the next block goes on from. The default is that of an empty run.</summary>
internal struct BlockEnd
{
    private bool _begun;
    private long _timeMs;

    public long TimeMs
    {
        readonly get => _timeMs;
        set => (_timeMs, _begun) = (value, true);
    }

    public long Step { get; set; }

    public ulong ValueBits { get; set; }

    /// <summary>The last value as a whole number of <see cref="Scale"/>.</summary>
    public long Whole { get; set; }

    public Scale Scale { readonly get => new((byte)(_scale - 1)); set => _scale = (byte)(value.Code + 1); }

    /// <summary>True before the first sample.</summary>
    public readonly bool IsStart => !_begun;

    // One more than the code, so that the default means none (255).
    private byte _scale;
}
