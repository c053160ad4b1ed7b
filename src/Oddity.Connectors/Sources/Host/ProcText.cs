using System.Globalization;

namespace Oddity.Connectors.Sources.Host;

/// <summary>Reads the text of Linux' /proc files. A line that is not as expected is left out: a kernel that tells less gives fewer series.</summary>
internal static class ProcText
{
    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>File systems that live on a disk of this machine. Others are memory, control files, images, or on other machines, where asking can hang.</summary>
    private static readonly HashSet<string> LocalTypes =
        new(StringComparer.Ordinal) { "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "bcachefs", "vfat", "exfat", "ntfs3" };

    private static readonly string[] UnwatchedDisks = ["loop", "ram", "zram", "fd", "sr"];

    /// <summary>The loopback, and the ends of containers' cables, which come and go under new names.</summary>
    private static readonly string[] UnwatchedInterfaces = ["veth", "cali", "lxc", "br-", "tap"];

    /// <summary>/proc/stat: the line "cpu user nice system idle iowait irq softirq steal …"; null without it. Guest time is within user time.</summary>
    public static CpuTimes? Cpu(string stat)
    {
        foreach (string line in Lines(stat))
        {
            string[] parts = Split(line);
            if (parts.Length < 5 || parts[0] != "cpu") continue;
            long Field(int index) => index < parts.Length && TryCount(parts[index], out long value) ? value : 0;
            return new(User: Field(1) + Field(2), System: Field(3) + Field(6) + Field(7), Idle: Field(4), IoWait: Field(5), Steal: Field(8));
        }

        return null;
    }

    /// <summary>/proc/loadavg: the first number.</summary>
    public static double? Load1(string loadavg) =>
        double.TryParse(Split(loadavg).FirstOrDefault(), NumberStyles.Float, CultureInfo.InvariantCulture, out double load) && double.IsFinite(load) ? load : null;

    /// <summary>/proc/meminfo: "Name:  n kB" lines. Kernels before 3.14 do not tell what is available; free, buffers and cache come near it.</summary>
    public static MemorySizes? Memory(string meminfo)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string line in Lines(meminfo))
        {
            string[] parts = Split(line);
            if (parts.Length >= 2 && TryCount(parts[1], out long kibibytes)) sizes[parts[0].TrimEnd(':')] = kibibytes << 10;
        }

        long Size(string name) => sizes.GetValueOrDefault(name);
        if (Size("MemTotal") == 0) return null;
        long available = sizes.TryGetValue("MemAvailable", out long told) ? told : Size("MemFree") + Size("Buffers") + Size("Cached");
        return new(Size("MemTotal"), available, Size("SwapTotal"), Size("SwapFree"));
    }

    /// <summary>
    /// /proc/diskstats: "major minor name reads merged sectors ms writes merged sectors …"; a sector is 512 bytes whatever the disk. Only whole disks
    /// that were used since boot, since what was never used has nothing to tell.
    /// </summary>
    public static Dictionary<string, InOut> Disks(string diskstats, Predicate<string> isWhole)
    {
        var disks = new Dictionary<string, InOut>(StringComparer.Ordinal);
        foreach (string line in Lines(diskstats))
        {
            string[] parts = Split(line);
            if (parts.Length < 10 || !TryCount(parts[5], out long read) || !TryCount(parts[9], out long written) || read + written == 0) continue;
            if (!Begins(parts[2], UnwatchedDisks) && isWhole(parts[2])) disks[parts[2]] = new(read * 512, written * 512);
        }

        return disks;
    }

    /// <summary>/proc/net/dev: "name: receivedBytes 7 more sentBytes …". The name may touch the first number. Only interfaces that were used.</summary>
    public static Dictionary<string, InOut> Interfaces(string netDev)
    {
        var interfaces = new Dictionary<string, InOut>(StringComparer.Ordinal);
        foreach (string line in Lines(netDev))
        {
            int colon = line.LastIndexOf(':');
            if (colon < 0) continue;
            string name = line[..colon].Trim();
            string[] parts = Split(line[(colon + 1)..]);
            if (parts.Length < 9 || !TryCount(parts[0], out long received) || !TryCount(parts[8], out long sent) || received + sent == 0) continue;
            if (name != "lo" && !Begins(name, UnwatchedInterfaces)) interfaces[name] = new(received, sent);
        }

        return interfaces;
    }

    /// <summary>
    /// /proc/mounts: "device mount type options 0 0" → the mount points to ask for space. One for each device, the shortest: containers mount a file's
    /// device many times. An overlay counts only as the root, where it is a container's disk.
    /// </summary>
    public static List<string> Mounts(string mounts, Predicate<string> isDirectory)
    {
        var byDevice = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in Lines(mounts))
        {
            string[] parts = Split(line);
            if (parts.Length < 3) continue;
            string mount = Unescape(parts[1]);
            if (!LocalTypes.Contains(parts[2]) && !(parts[2] == "overlay" && mount == "/")) continue;
            if (byDevice.TryGetValue(parts[0], out string? known) && known.Length <= mount.Length) continue;
            if (isDirectory(mount)) byDevice[parts[0]] = mount;
        }

        return [.. byDevice.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Blanks, line ends and backslashes stand as three octal digits in /proc/mounts.</summary>
    private static string Unescape(string path) =>
        path.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
            .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);

    private static bool Begins(string name, string[] beginnings) => Array.Exists(beginnings, beginning => name.StartsWith(beginning, StringComparison.Ordinal));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Split(string line) => line.Split(Blanks, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool TryCount(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
