using System.Net.NetworkInformation;

namespace Oddity.Connectors.Sources.Host;

/// <summary>What .NET can tell on any system: memory, space and network, but neither processor time nor disk traffic of the whole machine.</summary>
internal static class PortableHost
{
    public static HostReading Read() => new()
    {
        Memory = Memory(),
        Mounts = [.. DriveInfo.GetDrives().Where(drive => drive.DriveType == DriveType.Fixed).Select(drive => Space(drive.Name)).OfType<MountSpace>()],
        Interfaces = Interfaces(),
    };

    /// <summary>Null where the file system cannot be asked or has no size.</summary>
    public static MountSpace? Space(string mount)
    {
        try
        {
            var drive = new DriveInfo(mount);
            return drive.TotalSize > 0 ? new(mount, drive.TotalSize - drive.TotalFreeSpace, drive.AvailableFreeSpace) : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static MemorySizes? Memory()
    {
        GCMemoryInfo told = GC.GetGCMemoryInfo();
        return told.TotalAvailableMemoryBytes <= 0 || told.MemoryLoadBytes <= 0
            ? null
            : new(told.TotalAvailableMemoryBytes, Math.Max(0, told.TotalAvailableMemoryBytes - told.MemoryLoadBytes), 0, 0);
    }

    private static Dictionary<string, InOut> Interfaces()
    {
        var interfaces = new Dictionary<string, InOut>(StringComparer.Ordinal);
        try
        {
            foreach (NetworkInterface one in NetworkInterface.GetAllNetworkInterfaces())
            {
                if (one.NetworkInterfaceType == NetworkInterfaceType.Loopback || one.OperationalStatus != OperationalStatus.Up) continue;
                IPInterfaceStatistics told = one.GetIPStatistics();
                if (told.BytesReceived + told.BytesSent > 0) interfaces[one.Name] = new(told.BytesReceived, told.BytesSent);
            }
        }
        catch (Exception unsupported) when (unsupported is NetworkInformationException or PlatformNotSupportedException)
        {
            // Then there are none.
        }

        return interfaces;
    }
}
