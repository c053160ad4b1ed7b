using System.Buffers;
using System.IO.Compression;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Logs;

/// <summary>
/// The lines of one request as they stand on disk: when they came, whose they are, how to answer the same request again, and the lines packed by Brotli. The
/// time of arrival and whether it is the first after a start stand in front, because they are known only when the block is written.
/// </summary>
internal sealed record LogBlock(string Tenant, string Key, int Accepted, int Rejected, LogLine[] Lines)
{
    /// <summary>Where in the payload stands whether it is the first after a start; before it the time of arrival and the version.</summary>
    public const int FirstAt = 9;

    private const byte Version = 1;

    /// <summary>Larger unpacked blocks are damage: no request is that large.</summary>
    private const int MaxUnpacked = 1 << 30;

    /// <summary>When it came, Unix milliseconds.</summary>
    public long StampMs { get; private init; }

    /// <summary>Whether nobody listened before it.</summary>
    public bool First { get; private init; }

    /// <summary>Bytes that its lines take in memory, roughly.</summary>
    public long Size { get; } = Lines.Sum(line => 100L + (2L * (line.Body.Length + line.Attributes.Length)));

    /// <summary>The payload of a record, behind room for its frame; the buffer is rented.</summary>
    public (byte[] Buffer, int Length) Encode()
    {
        var lines = new PayloadWriter(ArrayPool<byte>.Shared.Rent(4_096));
        Dictionary<string, int> services = new(StringComparer.Ordinal);
        foreach (LogLine line in Lines) services.TryAdd(line.Service, services.Count);
        lines.Varint((ulong)services.Count);
        foreach (string service in services.Keys) lines.Text(service);
        long last = 0;
        foreach (LogLine line in Lines)
        {
            lines.Signed(unchecked(line.TimeMs - last));
            last = line.TimeMs;
            lines.Varint((ulong)services[line.Service]);
            lines.Byte((byte)line.Severity);
            lines.Text(line.Body);
            lines.Text(line.Attributes);
            lines.Text(line.TraceId);
        }

        ReadOnlySpan<byte> plain = lines.Buffer.AsSpan(LogRecord.HeaderSize, lines.Length);
        byte[] packed = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(plain.Length));
        if (!BrotliEncoder.TryCompress(plain, packed, out int written, quality: 1, window: 20)) throw new InvalidOperationException("Lines that cannot be packed.");
        var block = new PayloadWriter(ArrayPool<byte>.Shared.Rent(written + 1_024));
        block.Reserve(8);
        block.Advance(8);
        block.Byte(Version);
        block.Byte(0);
        block.Text(Tenant);
        block.Text(Key);
        block.Varint((ulong)Accepted);
        block.Varint((ulong)Rejected);
        block.Varint((ulong)Lines.Length);
        block.Varint((ulong)plain.Length);
        block.Varint((ulong)written);
        packed.AsSpan(0, written).CopyTo(block.Reserve(written));
        block.Advance(written);
        ArrayPool<byte>.Shared.Return(packed);
        ArrayPool<byte>.Shared.Return(lines.Buffer);
        return (block.Buffer, block.Length);
    }

    /// <summary>Reads a payload; of a block that <paramref name="wanted"/> does not want the lines stay packed and are left out.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static LogBlock Decode(ReadOnlySpan<byte> payload, Func<string, bool> wanted)
    {
        if (payload.Length < 9) throw new InvalidDataException("A block that ends too early.");
        long stampMs = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(payload);
        var reader = new PayloadReader(payload[8..]);
        if (reader.Byte() != Version) throw new InvalidDataException("A block of another version.");
        bool first = reader.Byte() == 1;
        string tenant = reader.Text(), key = reader.Text();
        (int accepted, int rejected) = (reader.Id(), reader.Id());
        int count = reader.Id(), length = reader.Id();
        ReadOnlySpan<byte> packed = reader.Take(reader.Count(1));
        LogLine[] lines = wanted(tenant) ? Unpack(packed, count, length) : [];
        return new(tenant, key, accepted, rejected, lines) { StampMs = stampMs, First = first };
    }

    public LogBlock At(long stampMs, bool first) => this with { StampMs = stampMs, First = first };

    private static LogLine[] Unpack(ReadOnlySpan<byte> packed, int count, int length)
    {
        if (length > MaxUnpacked || count > length) throw new InvalidDataException("A block larger than any.");
        byte[] plain = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            if (!BrotliDecoder.TryDecompress(packed, plain.AsSpan(0, length), out int written) || written != length) throw new InvalidDataException("A block that cannot be unpacked.");
            var reader = new PayloadReader(plain.AsSpan(0, length));
            string[] services = new string[reader.Count(1)];
            for (int i = 0; i < services.Length; i++) services[i] = reader.Text();
            var lines = new LogLine[count];
            long last = 0;
            for (int i = 0; i < count; i++)
            {
                last = unchecked(last + reader.Signed());
                int service = reader.Id();
                if (service >= services.Length) throw new InvalidDataException("A line of a service that is not named.");
                lines[i] = new(last, services[service], reader.Byte(), reader.Text(), reader.Text(), reader.Text());
            }

            return lines;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }
}
