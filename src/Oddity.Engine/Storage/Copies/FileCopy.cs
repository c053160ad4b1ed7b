using Microsoft.Win32.SafeHandles;

namespace Oddity.Engine.Storage.Copies;

/// <summary>Copies of files that are on disk when the call returns.</summary>
internal static class FileCopy
{
    private const int Block = 1 << 20;

    /// <summary>Copies a file, without the zeros at its end if so wanted (a log's file has room set aside), and tells of each block.</summary>
    public static void Copy(string from, string to, bool withoutTail, Action<long> copied)
    {
        Folder(Path.GetDirectoryName(to)!);
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write);
        byte[] block = new byte[Block];
        long end = 0, at = 0;
        for (int read; (read = source.ReadAtLeast(block, Block, throwOnEndOfStream: false)) > 0; at += read, copied(read))
        {
            int used = withoutTail ? block.AsSpan(0, read).LastIndexOfAnyExcept((byte)0) + 1 : read;
            if (used == 0) continue;
            target.Position = at;
            target.Write(block, 0, read);
            end = at + used;
        }

        // Records stand at multiples of eight, so that cutting there cuts none.
        if (withoutTail) target.SetLength((end + 7) & -8);
        target.Flush(flushToDisk: true);
    }

    /// <summary>Makes a folder that only its owner may look into; one that is there stays as it is.</summary>
    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public static void Sync(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }
}
