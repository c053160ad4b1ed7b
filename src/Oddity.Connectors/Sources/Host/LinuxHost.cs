namespace Oddity.Connectors.Sources.Host;

/// <summary>Asks Linux: /proc for counters, the file systems for space.</summary>
internal static class LinuxHost
{
    public static HostReading Read() => new()
    {
        Cpu = ProcText.Cpu(Text("/proc/stat")),
        Load1 = ProcText.Load1(Text("/proc/loadavg")),
        Memory = ProcText.Memory(Text("/proc/meminfo")),
        Disks = ProcText.Disks(Text("/proc/diskstats"), IsWholeDisk),
        Interfaces = ProcText.Interfaces(Text("/proc/net/dev")),
        Mounts = [.. ProcText.Mounts(Text("/proc/mounts"), Directory.Exists).Select(PortableHost.Space).OfType<MountSpace>()],
    };

    /// <summary>Partitions are folders within their disk's; a slash in a disk's name stands as an exclamation mark. Mapped devices are on disks that count already.</summary>
    private static bool IsWholeDisk(string name) => Directory.Exists($"/sys/block/{name.Replace('/', '!')}") && !Directory.Exists($"/sys/block/{name}/dm");

    /// <summary>Empty where a container or a hardened kernel hides the file.</summary>
    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
