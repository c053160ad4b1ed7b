namespace Oddity.Connectors.Sources.Host;

/// <summary>What the operating system told at one moment: counters as they stand. Null and empty mean that it did not tell.</summary>
internal sealed record HostReading
{
    public CpuTimes? Cpu { get; init; }

    /// <summary>Mean number of runnable tasks over the last minute.</summary>
    public double? Load1 { get; init; }

    public MemorySizes? Memory { get; init; }

    public IReadOnlyList<MountSpace> Mounts { get; init; } = [];

    /// <summary>Bytes read and written per disk since boot.</summary>
    public IReadOnlyDictionary<string, InOut> Disks { get; init; } = new Dictionary<string, InOut>();

    /// <summary>Bytes received and sent per network interface since boot.</summary>
    public IReadOnlyDictionary<string, InOut> Interfaces { get; init; } = new Dictionary<string, InOut>();
}

/// <summary>Time all processors together spent since boot, in ticks of the kernel.</summary>
internal sealed record CpuTimes(long User, long System, long Idle, long IoWait, long Steal)
{
    public long Total => User + System + Idle + IoWait + Steal;
}

/// <summary>In bytes.</summary>
/// <param name="Total">All memory.</param>
/// <param name="Available">What new work could get without swapping.</param>
/// <param name="SwapTotal">0 where there is no swap.</param>
/// <param name="SwapFree">Unused swap.</param>
internal sealed record MemorySizes(long Total, long Available, long SwapTotal, long SwapFree);

/// <summary>In bytes.</summary>
/// <param name="Mount">Where it is mounted.</param>
/// <param name="Used">What files take.</param>
/// <param name="Available">What ordinary users can still write.</param>
internal sealed record MountSpace(string Mount, long Used, long Available);

/// <summary>Two counters of bytes.</summary>
internal readonly record struct InOut(long In, long Out);
