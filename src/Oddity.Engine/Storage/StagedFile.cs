using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Oddity.Engine.Storage;

/// <summary>
/// A file that holds one thing, on disk when <see cref="Write"/> returns: what a source has taken over and not yet let in. The next writes over it; a write that
/// was cut off reads as nothing. One thread at a time.
/// </summary>
public sealed class StagedFile : IDisposable
{
    private const int HeaderSize = 44;
    private static readonly byte[] s_magic = [.. "ODSTAGE1"u8];

    private readonly SafeFileHandle _file;
    private readonly byte[] _header = new byte[HeaderSize];

    /// <summary>Opens the file, or makes it, under a name that survives a power cut.</summary>
    /// <param name="path">Its folder is made if missing.</param>
    public StagedFile(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        DurableFile.SyncFolder(folder);
        DurableFile.SyncFolder(Path.GetDirectoryName(folder)!);
    }

    /// <summary>What was written last; null for nothing, or for a write that was cut off.</summary>
    public byte[]? Read()
    {
        if (RandomAccess.Read(_file, _header, 0) < HeaderSize || !_header.AsSpan().StartsWith(s_magic)) return null;
        int length = BitConverter.ToInt32(_header, 8);
        if (length < 0 || length > RandomAccess.GetLength(_file) - HeaderSize) return null;
        byte[] content = new byte[length];
        RandomAccess.Read(_file, content, HeaderSize);
        return SHA256.HashData(content).AsSpan().SequenceEqual(_header.AsSpan(12)) ? content : null;
    }

    /// <summary>Replaces what it holds; returns when that is on disk.</summary>
    /// <exception cref="IOException">It may not be.</exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        s_magic.CopyTo(_header, 0);
        BitConverter.TryWriteBytes(_header.AsSpan(8), content.Length);
        SHA256.HashData(content, _header.AsSpan(12));
        RandomAccess.Write(_file, _header, 0);
        RandomAccess.Write(_file, content, HeaderSize);
        RandomAccess.FlushToDisk(_file);
    }

    public void Dispose() => _file.Dispose();
}
