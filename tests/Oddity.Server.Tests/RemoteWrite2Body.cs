using System.Text;

namespace Oddity.Server.Tests;

/// <summary>Makes remote write 2.0 bodies byte by byte, good ones and others.</summary>
internal sealed class RemoteWrite2Body
{
    private readonly List<string> _symbols = [""];
    private readonly MemoryStream _series = new();

    public byte[] Request => [.. _symbols.SelectMany(symbol => RemoteWriteBody.Field(4, Encoding.UTF8.GetBytes(symbol))), .. _series.ToArray()];

    public byte[] Body => RemoteWriteBody.Snappy(Request);

    public static byte[] Refs(params uint[] refs) => RemoteWriteBody.Field(1, [.. refs.SelectMany(one => RemoteWriteBody.Varint(one))]);

    /// <summary>A native histogram with positive buckets side by side from an index.</summary>
    public static byte[] Histogram(long timeMs, int schema, double sum, ulong zero, int firstIndex, params long[] counts)
    {
        ulong total = zero + (ulong)counts.Sum();
        var deltas = new List<byte>();
        long last = 0;
        foreach (long count in counts)
        {
            deltas.AddRange(RemoteWriteBody.Varint(ZigZag(count - last)));
            last = count;
        }

        return
        [
            0x08, .. RemoteWriteBody.Varint(total), .. RemoteWriteBody.Double(3, sum), 0x20, .. RemoteWriteBody.Varint(ZigZag(schema)), 0x30, .. RemoteWriteBody.Varint(zero),
            .. RemoteWriteBody.Field(11, [0x08, .. RemoteWriteBody.Varint(ZigZag(firstIndex)), 0x10, .. RemoteWriteBody.Varint((ulong)counts.Length)]),
            .. RemoteWriteBody.Field(12, [.. deltas]), 0x78, .. RemoteWriteBody.Varint((ulong)timeMs),
        ];
    }

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public uint Symbol(string text)
    {
        int at = _symbols.IndexOf(text);
        if (at >= 0) return (uint)at;
        _symbols.Add(text);
        return (uint)_symbols.Count - 1;
    }

    public RemoteWrite2Body Add(string metric, params (long TimeMs, double Value)[] samples) => Add([("__name__", metric), ("job", "test")], samples);

    public RemoteWrite2Body Add((string Name, string Value)[] labels, params (long TimeMs, double Value)[] samples) =>
        AddRaw([.. Refs([.. labels.SelectMany(label => (uint[])[Symbol(label.Name), Symbol(label.Value)])]), .. samples.SelectMany(sample => RemoteWriteBody.Sample(sample.TimeMs, sample.Value))]);

    public RemoteWrite2Body AddHistogram(string metric, byte[] histogram) =>
        AddRaw([.. Refs(Symbol("__name__"), Symbol(metric), Symbol("job"), Symbol("test")), .. RemoteWriteBody.Field(3, histogram), .. RemoteWriteBody.Field(4, [0x11, 0, 0, 0, 0, 0, 0, 0, 0])]);

    public RemoteWrite2Body AddRaw(byte[] series)
    {
        _series.Write(RemoteWriteBody.Field(5, series));
        return this;
    }
}
