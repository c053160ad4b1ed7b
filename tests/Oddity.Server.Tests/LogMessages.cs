using System.Buffers.Binary;
using System.Text;

namespace Oddity.Server.Tests;

/// <summary>Bodies of log protocols, written by hand, good and hostile.</summary>
internal static class LogMessages
{
    /// <summary>logproto.PushRequest with one stream and one entry.</summary>
    public static byte[] Loki(string labels, long timeMs, string line) =>
        Field(1, [.. Field(1, Utf8(labels)), .. Field(2, [.. Field(1, [.. Varint(1, (ulong)(timeMs / 1000)), .. Varint(2, 5)]), .. Field(2, Utf8(line))])]);

    /// <summary>ExportLogsServiceRequest with one record.</summary>
    public static byte[] Otlp(string service, long timeMs, int severity, string body)
    {
        byte[] attribute = [.. Field(1, Utf8("service.name")), .. Field(2, Field(1, Utf8(service)))];
        byte[] time = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(time, (ulong)timeMs * 1_000_000);
        byte[] record = [9, .. time, .. Varint(2, (ulong)severity), .. Field(5, Field(1, Utf8(body)))];
        return Field(1, [.. Field(1, Field(1, attribute)), .. Field(2, Field(2, record))]);
    }

    /// <summary>A block of snappy that holds the bytes as they are.</summary>
    public static byte[] Snappy(byte[] plain)
    {
        var packed = new List<byte>(Number((ulong)plain.Length));
        for (int at = 0; at < plain.Length; at += 60)
        {
            int length = Math.Min(60, plain.Length - at);
            packed.Add((byte)((length - 1) << 2));
            packed.AddRange(plain.AsSpan(at, length));
        }

        return [.. packed];
    }

    /// <summary>What no sender should send.</summary>
    public static IEnumerable<byte[]> Hostile()
    {
        string[] texts =
        [
            "", " ", "\n\n\n", "\0", "{", "}", "[", "]", "[[", "{}", "[]", "null", "true", "1", "\"x\"", "\"", "{\"", "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":1", "{\"a\":1}}", "{\"a\":1},", "[1,2,3]", "[null]", "[[]]", "[{}]",
            "{\"message\":null}", "{\"message\":[]}", "{\"message\":{}}", "{\"message\":\"\"}", "{\"message\":\"x\",\"timestamp\":\"yesterday\"}", "{\"message\":\"x\",\"timestamp\":1e400}", "{\"message\":\"x\",\"timestamp\":-1}",
            "{\"message\":\"\\ud800\"}", "{\"\\ud800\":\"x\"}", "{\"message\":\"x\",\"message\":\"y\"}", "{\"streams\":1}", "{\"streams\":[1]}", "{\"streams\":[{}]}", "{\"streams\":[{\"values\":1}]}", "{\"streams\":[{\"values\":[1]}]}",
            "{\"streams\":[{\"values\":[[]]}]}", "{\"streams\":[{\"values\":[[\"1\",2]]}]}", "{\"streams\":[{\"values\":[[\"x\",\"y\"]]}]}", "{\"streams\":[{\"stream\":1,\"values\":[[\"1\",\"y\"]]}]}", "{\"index\":1}", "{\"index\":{}}", "{\"index\":{}}\n",
            "{\"delete\":{}}\n", "{\"foo\":{}}\n{}\n", "{\"index\":{\"_index\":1}}\n{}\n", "{\"update\":{}}\n{\"doc\":1}\n", "{\"create\":{}}\n[]\n", "{\"event\":null}", "{\"event\":1}", "{\"event\":\"x\",\"fields\":1}", "{\"event\":\"x\",\"host\":1}",
            "{\"resourceLogs\":1}", "{\"resourceLogs\":[1]}", "{\"resourceLogs\":[{\"scopeLogs\":1}]}", "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[1]}]}]}", "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{}]}]}]}",
            "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":\"-1\"}]}]}]}", "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":1}]}]}]}", "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"arrayValue\":1}}]}]}]}",
            "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":1,\"value\":{}}]}}]}", "<xml/>", "a=b&c=d", "\uFEFF{", "\u202e\u2028",
        ];
        foreach (string text in texts) yield return Utf8(text);
        yield return Utf8(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)));
        yield return Utf8(new string('[', 200_000));
        yield return Utf8(string.Concat(Enumerable.Repeat("[{\"message\":\"x\",\"a\":", 20)) + "1" + string.Concat(Enumerable.Repeat("}]", 20)));
        yield return Utf8("{\"message\":\"" + new string('x', 3_000_000) + "\"}");
        yield return Utf8("{" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"k{i}\":{i}")) + "}");
        yield return Enumerable.Repeat((byte)0xFF, 5_000).ToArray();
        yield return [0xC0, 0xAF, 0xED, 0xA0, 0x80, (byte)'\n', 0xF8];
        yield return [0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
        yield return [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x00];
        yield return [0x80, 0x80, 0x80, 0x80, 0x20, 0xFE, 0x01, 0x00];
        yield return Snappy([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]);
        yield return Snappy([0x0B]);
        yield return Snappy([0x0A, 0x05, 0x12, 0x80]);
        yield return Field(1, Field(2, Field(2, Field(5, Deep(200)))));
        yield return Snappy(Field(1, Field(2, Field(1, Varint(1, ulong.MaxValue)))));
        byte[] good = Otlp("s", 1, 9, "x");
        for (int cut = 1; cut < good.Length; cut += 7) yield return good[..cut];
    }

    /// <summary>A list in a list in a list.</summary>
    private static byte[] Deep(int depth)
    {
        byte[] value = Field(1, Utf8("x"));
        for (; depth > 0; depth--) value = Field(5, Field(1, value));
        return value;
    }

    private static byte[] Field(int number, byte[] bytes) => [.. Number(((ulong)number << 3) | 2), .. Number((ulong)bytes.Length), .. bytes];

    private static byte[] Varint(int number, ulong value) => [.. Number((ulong)number << 3), .. Number(value)];

    private static byte[] Number(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
