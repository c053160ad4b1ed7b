using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Oddity.Engine.Calls;

/// <summary>Calls as bytes: texts once each, the rest as numbers, compressed.</summary>
internal static class CallCodec
{
    private const byte Version = 1;

    public static byte[] Encode(IReadOnlyList<Call> calls)
    {
        using var bytes = new MemoryStream();
        using (var packed = new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var buffered = new BufferedStream(packed, 1 << 16))
        using (var writer = new BinaryWriter(buffered, Encoding.UTF8))
        {
            writer.Write(Version);
            writer.Write7BitEncodedInt(calls.Count);
            var texts = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (Call call in calls) Write(writer, texts, call);
        }

        return bytes.ToArray();
    }

    public static List<Call> Decode(byte[] data)
    {
        using var reader = new BinaryReader(new BufferedStream(new BrotliStream(new MemoryStream(data), CompressionMode.Decompress), 1 << 16), Encoding.UTF8);
        if (reader.ReadByte() != Version) throw new InvalidDataException("Calls of another version.");
        int count = reader.Read7BitEncodedInt();
        var calls = new List<Call>(Math.Min(count, 1 << 16));
        var texts = new List<string>();
        for (; count > 0; count--) calls.Add(Read(reader, texts));
        return calls;
    }

    /// <summary>The first 32 bits of the ids of all traces among the calls, sorted: tells quickly where a trace may be.</summary>
    public static byte[] TracesOf(IEnumerable<Call> calls)
    {
        var prefixes = new SortedSet<uint>();
        foreach (Call call in calls)
        {
            if (call.Span is { } span) prefixes.Add(PrefixOf(span.TraceId));
        }

        byte[] bytes = new byte[prefixes.Count * 4];
        int at = 0;
        foreach (uint prefix in prefixes) BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * at++), prefix);
        return bytes;
    }

    public static bool MayHold(ReadOnlySpan<byte> traces, uint prefix)
    {
        (int low, int high) = (0, (traces.Length / 4) - 1);
        while (low <= high)
        {
            int middle = (low + high) / 2;
            uint at = BinaryPrimitives.ReadUInt32BigEndian(traces[(4 * middle)..]);
            if (at == prefix) return true;
            if (at < prefix) low = middle + 1;
            else high = middle - 1;
        }

        return false;
    }

    /// <summary>The last eight digits: the first are a time with some senders.</summary>
    public static uint PrefixOf(string traceId) => uint.Parse(traceId.AsSpan(traceId.Length - 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static void Write(BinaryWriter to, Dictionary<string, int> texts, Call call)
    {
        Text(to, texts, call.Service);
        Text(to, texts, call.Operation);
        to.Write7BitEncodedInt64(call.TimeMs);
        to.Write(call.LatencyMs);
        to.Write((byte)((call.Failed ? 1 : 0) | (call.Bytes is null ? 0 : 2) | (call.Span is null ? 0 : 4)));
        if (call.Bytes is { } size) to.Write(size);
        if (call.Span is not { } span) return;
        to.Write(Convert.FromHexString(span.TraceId));
        to.Write(Convert.FromHexString(span.SpanId));
        to.Write((byte)((int)span.Kind | (span.ParentId is null ? 0 : 16) | (span.Peer is null ? 0 : 32) | (span.Message is null ? 0 : 64)));
        if (span.ParentId is not null) to.Write(Convert.FromHexString(span.ParentId));
        to.Write7BitEncodedInt64(span.StartUs);
        if (span.Peer is not null) Text(to, texts, span.Peer);
        if (span.Message is not null) Text(to, texts, span.Message);
        to.Write7BitEncodedInt(span.Tags.Count);
        foreach ((string name, string value) in span.Tags)
        {
            Text(to, texts, name);
            Text(to, texts, value);
        }
    }

    private static Call Read(BinaryReader from, List<string> texts)
    {
        (string service, string operation) = (Text(from, texts), Text(from, texts));
        (long timeMs, double latency, byte flags) = (from.Read7BitEncodedInt64(), from.ReadDouble(), from.ReadByte());
        double? size = (flags & 2) != 0 ? from.ReadDouble() : null;
        return new(service, operation, timeMs, latency, (flags & 1) != 0, size, (flags & 4) != 0 ? Span(from, texts) : null);
    }

    private static SpanPart Span(BinaryReader from, List<string> texts)
    {
        (string trace, string id) = (Hex(from, 16), Hex(from, 8));
        byte flags = from.ReadByte();
        string? parent = (flags & 16) != 0 ? Hex(from, 8) : null;
        long startUs = from.Read7BitEncodedInt64();
        string? peer = (flags & 32) != 0 ? Text(from, texts) : null;
        string? message = (flags & 64) != 0 ? Text(from, texts) : null;
        var tags = new KeyValuePair<string, string>[from.Read7BitEncodedInt()];
        for (int i = 0; i < tags.Length; i++) tags[i] = new(Text(from, texts), Text(from, texts));
        return new(trace, id, parent, (SpanKind)(flags & 15), startUs, peer, message, tags);
    }

    private static string Hex(BinaryReader from, int bytes) => Convert.ToHexStringLower(from.ReadBytes(bytes));

    private static void Text(BinaryWriter to, Dictionary<string, int> texts, string text)
    {
        if (texts.TryGetValue(text, out int number))
        {
            to.Write7BitEncodedInt(number);
            return;
        }

        to.Write7BitEncodedInt(0);
        to.Write(text);
        texts.Add(text, texts.Count + 1);
    }

    private static string Text(BinaryReader from, List<string> texts)
    {
        int number = from.Read7BitEncodedInt();
        if (number > 0) return texts[number - 1];
        string text = from.ReadString();
        texts.Add(text);
        return text;
    }
}
