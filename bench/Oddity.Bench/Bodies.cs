using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Oddity.Bench;

/// <summary>One request a protocol, all with the same samples: some series with five labels each, one sample a series, values with two decimals.</summary>
internal sealed class Bodies(int series)
{
    private const long TimeMs = 1_760_000_000_000;

    public int Samples => series;

    public byte[] RemoteWrite() => Join(i => Field(1, [.. Labels(i).SelectMany(label => Field(1, [.. Text(1, label.Name), .. Text(2, label.Value)])), .. Field(2, Sample(i))]));

    public byte[] RemoteWrite2()
    {
        var symbols = new Dictionary<string, int> { [""] = 0 };
        int Symbol(string text) => symbols.TryGetValue(text, out int known) ? known : symbols[text] = symbols.Count;
        byte[] all = Join(i => Field(5, [.. Field(1, [.. Labels(i).SelectMany(label => (int[])[Symbol(label.Name), Symbol(label.Value)]).SelectMany(place => Varint((ulong)place))]), .. Field(2, Sample(i))]));
        return [.. symbols.Keys.SelectMany(symbol => Text(4, symbol)), .. all];
    }

    public byte[] Lines() => Join(i => Encoding.UTF8.GetBytes($"http_requests,{string.Join(',', Labels(i).Skip(1).Select(label => $"{label.Name}={label.Value}"))} value={Value(i)} {TimeMs}000000\n"));

    /// <summary>The same with ten fields a line, as Telegraf sends them.</summary>
    public byte[] WideLines() => Join(i => Encoding.UTF8.GetBytes(
        $"http_requests,{string.Join(',', Labels(i).Skip(1).Select(label => $"{label.Name}={label.Value}"))} {string.Join(',', Enumerable.Range(0, 10).Select(f => $"field_{f}={Value(i + f)}"))} {TimeMs}000000\n"));

    public byte[] Exposition() => Join(i => Encoding.UTF8.GetBytes($"http_requests{{{string.Join(',', Labels(i).Skip(1).Select(label => $"{label.Name}=\"{label.Value}\""))}}} {Value(i)} {TimeMs}\n"));

    public byte[] Graphite() => Join(i => Encoding.UTF8.GetBytes($"http_requests;{string.Join(';', Labels(i).Skip(1).Select(label => $"{label.Name}={label.Value}"))} {Value(i)} {TimeMs / 1000}\n"));

    public byte[] Statsd() => Join(i => Encoding.UTF8.GetBytes($"http.requests:{Value(i)}|ms|#{string.Join(',', Labels(i).Skip(1).Select(label => $"{label.Name}:{label.Value}"))}\n"));

    public byte[] Events() => Join(i => Encoding.UTF8.GetBytes(
        $"{{\"metric\":\"http_requests\",\"value\":{Value(i)},\"timestamp\":{TimeMs},\"meta\":{{{string.Join(',', Labels(i).Skip(1).Select(label => $"\"{label.Name}\":\"{label.Value}\""))}}}}}\n"));

    /// <summary>Five attributes a point, the resource once.</summary>
    public byte[] Otlp()
    {
        byte[] Attribute((string Name, string Value) label) => Field(7, [.. Text(1, label.Name), .. Field(2, Text(1, label.Value))]);
        byte[] points = Join(i => Field(1, [.. Labels(i).Skip(1).SelectMany(Attribute), .. Fixed(3, (ulong)TimeMs * 1_000_000), .. Double(4, Number(i))]));
        return Field(1, [.. Field(1, Field(1, [.. Text(1, "service.name"), .. Field(2, Text(1, "shop"))])), .. Field(2, Field(2, [.. Text(1, "http_requests"), .. Field(5, points)]))]);
    }

    public byte[] Collectd() => Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, series).Select(i =>
        $$"""{"values":[{{Value(i)}}],"dstypes":["gauge"],"dsnames":["value"],"time":{{TimeMs / 1000}}.000,"interval":10.000,"host":"web-{{i % 50}}","plugin":"cpu","plugin_instance":"{{i}}","type":"percent","type_instance":"idle"}""")) + "]");

    /// <summary>A native histogram of either version, in the field that its series has it in.</summary>
    public static byte[] Histogram(int field) => Field(field,
    [
        0x08, 100, .. Double(3, 500), 0x20, 0, .. Field(11, [0x08, 2, 0x10, 3]), .. Field(12, [20, 0, 140, 1]), .. Field(8, [0x08, 2, 0x10, 1]), .. Field(9, [4]), 0x78, .. Varint((ulong)TimeMs),
    ]);

    public static byte[] Field(int number, byte[] content) => [.. Varint((ulong)((number << 3) | 2)), .. Varint((ulong)content.Length), .. content];

    private static (string Name, string Value)[] Labels(int i) =>
        [("__name__", "http_requests"), ("code", (200 + (i % 4)).ToString(CultureInfo.InvariantCulture)), ("host", $"web-{i % 50}.example.test"), ("job", "shop"), ("path", $"/api/v1/resource/{i}"), ("zone", "eu-central-1")];

    private static double Number(int i) => Math.Round(50 + (49 * Math.Sin(i)), 2);

    private static string Value(int i) => Number(i).ToString("R", CultureInfo.InvariantCulture);

    private static byte[] Sample(int i) => [.. Double(1, Number(i)), 0x10, .. Varint((ulong)TimeMs)];

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Double(int field, double value) => Fixed(field, BitConverter.DoubleToUInt64Bits(value));

    private static byte[] Fixed(int field, ulong value)
    {
        byte[] bytes = new byte[9];
        bytes[0] = (byte)((field << 3) | 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private byte[] Join(Func<int, byte[]> part)
    {
        var all = new MemoryStream();
        for (int i = 0; i < series; i++) all.Write(part(i));
        return all.ToArray();
    }
}
