using System.Buffers.Binary;
using System.Text;

namespace Oddity.Connectors.Tests;

/// <summary>Builds messages of Jaeger in Thrift's binary protocol, for tests.</summary>
internal static class SpanMessage
{
    /// <summary>A batch of one service; each span as (trace, span, parent, name, start µs, duration µs, tags).</summary>
    public static byte[] Jaeger(string service, params (long Trace, long Span, long Parent, string Name, long Start, long Duration, (string, object)[] Tags)[] spans)
    {
        var body = new List<byte>();
        Field(body, 12, 1);
        Text(body, 1, service);
        body.Add(0);
        Field(body, 15, 2);
        body.Add(12);
        Int(body, spans.Length);
        foreach (var span in spans)
        {
            Long(body, 1, span.Trace);
            Long(body, 2, 0);
            Long(body, 3, span.Span);
            Long(body, 4, span.Parent);
            Text(body, 5, span.Name);
            Field(body, 8, 7);
            Int(body, 1);
            Long(body, 8, span.Start);
            Long(body, 9, span.Duration);
            Field(body, 15, 10);
            body.Add(12);
            Int(body, span.Tags.Length);
            foreach ((string name, object value) in span.Tags) Tag(body, name, value);
            body.Add(0);
        }

        body.Add(0);
        return [.. body];
    }

    private static void Tag(List<byte> body, string name, object value)
    {
        Text(body, 1, name);
        Field(body, 8, 2);
        Int(body, value switch { string => 0, double => 1, bool => 2, _ => 3 });
        if (value is string text) Text(body, 3, text);
        else if (value is bool flag)
        {
            Field(body, 2, 5);
            body.Add(flag ? (byte)1 : (byte)0);
        }
        else if (value is double number)
        {
            Field(body, 4, 4);
            Long(body, BitConverter.DoubleToInt64Bits(number));
        }
        else Long(body, 6, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
        body.Add(0);
    }

    private static void Field(List<byte> body, byte type, short id)
    {
        body.Add(type);
        body.Add((byte)(id >> 8));
        body.Add((byte)id);
    }

    private static void Int(List<byte> body, int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        body.AddRange(bytes);
    }

    private static void Long(List<byte> body, short id, long value)
    {
        Field(body, 10, id);
        Long(body, value);
    }

    private static void Long(List<byte> body, long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        body.AddRange(bytes);
    }

    private static void Text(List<byte> body, short id, string text)
    {
        Field(body, 11, id);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Int(body, bytes.Length);
        body.AddRange(bytes);
    }
}
