using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Oddity.Engine.Storage.Log;

/// <summary>
/// Reads a file of the log. Where a record should be and none is whole, it looks for the next whole one of the same file: if there is one, what lies
/// between is damage, copied aside; if there is none, the file ends there, as it does where a crash cut the last write.
/// </summary>
internal sealed class SegmentReader(string folder, ILogger log)
{
    /// <summary>Folder inside the log's, for what could not be read.</summary>
    public const string DamagedFolder = "damaged";

    private byte[] _bytes = [];

    /// <summary>Stretches of damage found so far.</summary>
    public int Damaged { get; private set; }

    /// <summary>The records, in order. Each payload is valid until the next is taken.</summary>
    public IEnumerable<(long Sequence, ReadOnlyMemory<byte> Payload)> Read(long number, string path)
    {
        int length = Load(path), at = 0;
        while (at < length)
        {
            if (LogRecord.TryRead(_bytes.AsSpan(at, length - at), number, out long sequence, out int payload))
            {
                yield return (sequence, _bytes.AsMemory(at + LogRecord.HeaderSize, payload));
                at += LogRecord.SizeOf(payload);
                continue;
            }

            int next = Next(_bytes.AsSpan(0, length), number, at + LogRecord.Alignment);
            if (next < 0) yield break;
            SetAside(_bytes.AsSpan(at, next - at), number, at);
            at = next;
        }
    }

    private int Load(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        int length = checked((int)RandomAccess.GetLength(file)), filled = 0;
        if (_bytes.Length < length) _bytes = new byte[length];
        while (filled < length)
        {
            int read = RandomAccess.Read(file, _bytes.AsSpan(filled, length - filled), filled);
            if (read == 0) return filled;
            filled += read;
        }

        return length;
    }

    private static int Next(ReadOnlySpan<byte> bytes, long number, int from)
    {
        Span<byte> magic = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, LogRecord.Magic);
        while (from < bytes.Length)
        {
            int found = bytes[from..].IndexOf(magic);
            if (found < 0) return -1;
            from += found;
            if (from % LogRecord.Alignment == 0 && LogRecord.TryRead(bytes[from..], number, out _, out _)) return from;
            from++;
        }

        return -1;
    }

    private void SetAside(ReadOnlySpan<byte> bytes, long number, int at)
    {
        Damaged++;
        string name = FormattableString.Invariant($"{number}-{at}.bin");
        log.LogError("The log is damaged: {Bytes} bytes of segment {Number} can't be read and are kept as log/{Folder}/{Name}; later records live on", bytes.Length, number, DamagedFolder, name);
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, DamagedFolder));
            File.WriteAllBytes(Path.Combine(folder, DamagedFolder, name), bytes);
        }
        catch (IOException error)
        {
            log.LogError(error, "They could not be kept");
        }
    }
}
