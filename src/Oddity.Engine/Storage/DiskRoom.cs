namespace Oddity.Engine.Storage;

/// <summary>Whether a disk that was full has room again. A small write may still fit where the next one will not: that alone is no end of it.</summary>
internal static class DiskRoom
{
    /// <summary>So much must be free.</summary>
    private const long Least = 1 << 20;

    /// <summary>Asks the file system of a folder; where it does not say, there is room.</summary>
    public static bool In(string folder)
    {
        try
        {
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(Path.GetFullPath(folder))! : Path.GetFullPath(folder)).AvailableFreeSpace >= Least;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return true;
        }
    }
}
