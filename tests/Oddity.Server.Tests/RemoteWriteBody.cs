using System.Buffers.Binary;
using System.Text;

namespace Oddity.Server.Tests;

/// <summary>Makes remote write 1.0 bodies byte by byte, good ones and others.</summary>
internal sealed class RemoteWriteBody
{
    private readonly MemoryStream _request = new();

    public byte[] Request => _request.ToArray();

    public byte[] Body => Snappy(Request);

    public static byte[] Labels(params (string Name, string Value)[] labels) =>
        [.. labels.SelectMany(label => Field(1, [.. Field(1, Encoding.UTF8.GetBytes(label.Name)), .. Field(2, Encoding.UTF8.GetBytes(label.Value))]))];

    public static byte[] Sample(long timeMs, double value) => Field(2, [.. Double(1, value), 0x10, .. Varint((ulong)timeMs)]);

    public static byte[] Double(int field, double value)
    {
        byte[] bytes = new byte[9];
        bytes[0] = (byte)((field << 3) | 1);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    public static byte[] Field(int number, byte[] content) => [.. Varint((ulong)((number << 3) | 2)), .. Varint((ulong)content.Length), .. content];

    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    /// <summary>A block of literals alone.</summary>
    public static byte[] Snappy(byte[] content)
    {
        var block = new List<byte>(Varint((ulong)content.Length));
        foreach (byte[] part in content.Chunk(60_000))
        {
            block.AddRange([61 << 2, (byte)(part.Length - 1), (byte)((part.Length - 1) >> 8)]);
            block.AddRange(part);
        }

        return [.. block];
    }

    public RemoteWriteBody Add(string metric, params (long TimeMs, double Value)[] samples) => Add([("__name__", metric), ("job", "test")], samples);

    public RemoteWriteBody Add((string, string)[] labels, params (long TimeMs, double Value)[] samples) =>
        AddRaw(Field(1, [.. Labels(labels), .. samples.SelectMany(sample => Sample(sample.TimeMs, sample.Value))]));

    public RemoteWriteBody AddRaw(byte[] bytes)
    {
        _request.Write(bytes);
        return this;
    }
}
