using System.Buffers.Binary;
using System.Text;

namespace Oddity.Connectors.Tests;

/// <summary>Writes protocol buffers messages field by field, so that tests say in their own words what is on the wire.</summary>
internal sealed class OtlpMessage
{
    private readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes];

    public static OtlpMessage Attribute(string name, OtlpMessage value) => new OtlpMessage().Text(1, name).Message(2, value);

    public static OtlpMessage Attribute(string name, string value) => Attribute(name, new OtlpMessage().Text(1, value));

    /// <summary>A request with one resource, one scope and these metrics.</summary>
    public static byte[] Request(OtlpMessage resource, params OtlpMessage[] metrics)
    {
        var scope = new OtlpMessage().Message(1, new OtlpMessage().Text(1, "scope"));
        foreach (OtlpMessage metric in metrics) scope.Message(2, metric);
        return new OtlpMessage().Message(1, new OtlpMessage().Message(1, resource).Message(2, scope)).Bytes;
    }

    /// <summary>A metric: its kind is the number of its field (gauge 5, sum 7, histogram 9, exponential histogram 10, summary 11).</summary>
    public static OtlpMessage Metric(string name, int kind, params OtlpMessage[] points)
    {
        var data = new OtlpMessage();
        foreach (OtlpMessage point in points) data.Message(1, point);
        return new OtlpMessage().Text(1, name).Text(3, "By").Message(kind, data.Varint(2, 2).Varint(3, 1));
    }

    public OtlpMessage Varint(int field, ulong value)
    {
        Raw(((ulong)field << 3) | 0);
        Raw(value);
        return this;
    }

    public OtlpMessage Fixed(int field, ulong value)
    {
        Raw(((ulong)field << 3) | 1);
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public OtlpMessage Double(int field, double value) => Fixed(field, BitConverter.DoubleToUInt64Bits(value));

    public OtlpMessage Text(int field, string value) => Raw(field, Encoding.UTF8.GetBytes(value));

    public OtlpMessage Message(int field, OtlpMessage value) => Raw(field, value.Bytes);

    public OtlpMessage Doubles(int field, params double[] values) => Raw(field, values.SelectMany(BitConverter.GetBytes).ToArray());

    public OtlpMessage Counts(int field, params ulong[] values) => Raw(field, values.SelectMany(BitConverter.GetBytes).ToArray());

    public OtlpMessage Varints(int field, params ulong[] values)
    {
        var packed = new OtlpMessage();
        foreach (ulong value in values) packed.Raw(value);
        return Raw(field, packed.Bytes);
    }

    public OtlpMessage Raw(int field, byte[] value)
    {
        Raw(((ulong)field << 3) | 2);
        Raw((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    private void Raw(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
