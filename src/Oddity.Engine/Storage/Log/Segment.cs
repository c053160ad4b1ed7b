using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Oddity.Engine.Storage.Log;

/// <summary>
/// One file of the log. It gets its full size, as zeros, before the first record: a sync then writes data and no metadata, which is what makes it cheap.
/// A file that is no longer needed becomes the next one under a new number.
/// </summary>
internal sealed class Segment : IDisposable
{
    private const string Extension = ".seg";
    private readonly SafeFileHandle _file;

    private Segment(string path, long number, long size, SafeFileHandle file) => (Path, Number, Size, _file) = (path, number, size, file);

    public string Path { get; }

    public long Number { get; }

    public long Size { get; }

    /// <summary>Where the next record goes. The log's writer owns it.</summary>
    public long End { get; set; }

    /// <summary>Sequence number of the last record in it; 0 for none.</summary>
    public long LastSequence { get; set; }

    /// <summary>Makes a file of zeros, or takes <paramref name="used"/> for it; durable when it returns.</summary>
    /// <exception cref="IOException">It can't be made; nothing of it is left.</exception>
    public static Segment Create(string folder, long number, long size, string? used)
    {
        string path = PathOf(folder, number);
        if (used is not null)
        {
            File.Move(used, path);
            DurableFile.SyncFolder(folder);
            return new(path, number, new FileInfo(path).Length, File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.Read));
        }

        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        try
        {
            byte[] zeros = new byte[Math.Min(size, 1 << 20)];
            for (long at = 0; at < size; at += zeros.Length) RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, size - at)), at);
            RandomAccess.FlushToDisk(file);
            DurableFile.SyncFolder(folder);
            return new(path, number, size, file);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>The files of a folder in order of their numbers.</summary>
    public static List<(long Number, string Path)> In(string folder)
    {
        var found = new List<(long, string)>();
        foreach (string path in Directory.GetFiles(folder, $"*{Extension}"))
        {
            if (long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long number)) found.Add((number, path));
        }

        found.Sort();
        return found;
    }

    public static string PathOf(string folder, long number) => System.IO.Path.Combine(folder, number.ToString("D12", CultureInfo.InvariantCulture) + Extension);

    public void Write(ReadOnlyMemory<byte> record, long at) => RandomAccess.Write(_file, record.Span, at);

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> records, long at) => RandomAccess.Write(_file, records, at);

    /// <summary>Returns when what was written is on disk.</summary>
    /// <exception cref="IOException">It may not be: from here on nobody knows.</exception>
    public void Sync()
    {
        // Only data has changed, so that the time of the change, which fsync would write too, need not be.
        if (!OperatingSystem.IsLinux()) RandomAccess.FlushToDisk(_file);
        else if (fdatasync(_file) != 0) throw new IOException($"Syncing the log failed: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    public void Dispose() => _file.Dispose();

    [DllImport("libc", SetLastError = true)]
    private static extern int fdatasync(SafeFileHandle file);
}
