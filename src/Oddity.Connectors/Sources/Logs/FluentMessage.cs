using System.IO.Compression;
using System.Text;
using Oddity.Engine.Logs;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>One message of Fluentd's forward protocol, in each of its modes: one entry, a list of entries, or entries packed one after another, also by gzip.</summary>
internal static class FluentMessage
{
    /// <summary>Most bytes of entries once unpacked.</summary>
    public const int MaxUnpacked = 64 << 20;

    /// <summary>Adds the entries to a batch.</summary>
    /// <returns>What the sender wants to hear when they are stored; null for nothing.</returns>
    /// <exception cref="InvalidDataException">It is no such message; what was read of it is in the batch.</exception>
    public static string? AddTo(LogBatch batch, ReadOnlySpan<byte> message)
    {
        var reader = new MessagePackReader(message);
        int parts = reader.ArrayLength();
        if (parts < 2) throw new InvalidDataException("a message has a tag and entries");
        string tag = Encoding.UTF8.GetString(reader.Bytes());
        var fields = new LogFields();
        if (reader.IsArray)
        {
            for (int left = reader.ArrayLength(); left > 0; left--) Entry(ref reader, tag, fields, batch);
            return parts > 2 ? Options(ref reader).Chunk : null;
        }

        if (reader.IsText)
        {
            ReadOnlySpan<byte> packed = reader.Bytes();
            (string? chunk, string? compressed) = parts > 2 ? Options(ref reader) : (null, null);
            if (compressed is not (null or "gzip" or "text")) throw new InvalidDataException("entries are packed in a way that is not known");
            Entries(compressed == "gzip" ? Unpack(packed) : packed, tag, fields, batch);
            return chunk;
        }

        if (parts < 3) throw new InvalidDataException("an entry has a time and a record");
        Record(ref reader, reader.TimeMs(), tag, fields, batch);
        return parts > 3 ? Options(ref reader).Chunk : null;
    }

    private static void Entries(ReadOnlySpan<byte> entries, string tag, LogFields fields, LogBatch batch)
    {
        var reader = new MessagePackReader(entries);
        while (!reader.IsEnd && !batch.IsTooLong) Entry(ref reader, tag, fields, batch);
    }

    private static void Entry(ref MessagePackReader reader, string tag, LogFields fields, LogBatch batch)
    {
        if (reader.ArrayLength() != 2) throw new InvalidDataException("an entry has a time and a record");
        long? timeMs;
        if (reader.IsArray)
        {
            // Newer Fluent Bit: a time and what is known besides.
            int parts = reader.ArrayLength();
            if (parts < 1) throw new InvalidDataException("an entry has a time and a record");
            timeMs = reader.TimeMs();
            for (; parts > 1; parts--) reader.Skip();
        }
        else
        {
            timeMs = reader.TimeMs();
        }

        Record(ref reader, timeMs, tag, fields, batch);
    }

    private static void Record(ref MessagePackReader reader, long? timeMs, string tag, LogFields fields, LogBatch batch)
    {
        if (!reader.IsMap) throw new InvalidDataException("a record is a map");
        fields.Clear();
        reader.AddTo(fields, "", 0);
        fields.AddTo(batch, tag, timeMs);
    }

    private static (string? Chunk, string? Compressed) Options(ref MessagePackReader reader)
    {
        (string? chunk, string? compressed) = (null, null);
        if (!reader.IsMap)
        {
            reader.Skip();
            return (null, null);
        }

        for (int left = reader.MapLength(); left > 0; left--)
        {
            string name = reader.Text(0);
            if (name is "chunk" or "compressed" && reader.IsText)
            {
                string value = Encoding.UTF8.GetString(reader.Bytes());
                if (name == "chunk") chunk = value;
                else compressed = value;
            }
            else
            {
                reader.Skip();
            }
        }

        return (chunk, compressed);
    }

    private static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        using var source = new MemoryStream(packed.ToArray());
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        for (int read; (read = gzip.Read(buffer)) > 0;)
        {
            if (plain.Length + read > MaxUnpacked) throw new InvalidDataException($"more than {MaxUnpacked} bytes once unpacked");
            plain.Write(buffer, 0, read);
        }

        return plain.ToArray();
    }
}
