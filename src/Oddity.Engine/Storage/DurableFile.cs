using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Oddity.Engine.Storage;

/// <summary>Files and names that are on disk when a call returns.</summary>
public static class DurableFile
{
    /// <summary>Puts content in the place of a file's: whatever happens, the file is the old one or the new one.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="content">What it holds from now on.</param>
    /// <exception cref="IOException">It could not be written; the old one is there.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string part = path + ".part";
        using (var file = new FileStream(part, FileMode.Create, FileAccess.Write))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Makes names in a folder durable. Only Unix needs it, and has it.</summary>
    /// <exception cref="IOException">They may not be.</exception>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        using SafeFileHandle handle = open(folder, 0);
        if (handle.IsInvalid || fsync(handle) != 0) throw new IOException($"Syncing '{folder}' failed: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true)]
    private static extern SafeFileHandle open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
