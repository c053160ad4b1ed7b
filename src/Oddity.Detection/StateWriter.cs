using System.Buffers.Binary;

namespace Oddity.Detection;

/// <summary>Appends state to a growing buffer: little-endian, no reflection, nothing that differs between machines.</summary>
public sealed class StateWriter
{
    private byte[] _buffer = new byte[256];

    /// <summary>Bytes written so far; valid until the next write or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public int Length { get; private set; }

    public void Clear() => Length = 0;

    public void Byte(byte value) => Take(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    public void Single(float value) => BinaryPrimitives.WriteSingleLittleEndian(Take(4), value);

    /// <summary>A length and the raw bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        value.CopyTo(Take(value.Length));
    }

    /// <summary>A length and the UTF-8 bytes.</summary>
    public void Text(string value)
    {
        int size = System.Text.Encoding.UTF8.GetByteCount(value);
        Int32(size);
        System.Text.Encoding.UTF8.GetBytes(value, Take(size));
    }

    /// <summary>A length and the values.</summary>
    public void Doubles(ReadOnlySpan<double> values)
    {
        Int32(values.Length);
        foreach (double value in values) Double(value);
    }

    private Span<byte> Take(int count)
    {
        if (Length + count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        Span<byte> span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
