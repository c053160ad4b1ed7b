using System.Buffers.Binary;

namespace Oddity.Detection;

/// <summary>Reads what <see cref="StateWriter"/> wrote. Every read past the end or absurd length is an <see cref="InvalidDataException"/>.</summary>
public sealed class StateReader(ReadOnlyMemory<byte> state)
{
    private int _position;

    public int Remaining => state.Length - _position;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() switch { 0 => false, 1 => true, _ => throw new InvalidDataException("Neither true nor false.") };

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public ReadOnlySpan<byte> Bytes() => Take(Count(1));

    public string Text() => System.Text.Encoding.UTF8.GetString(Take(Count(1)));

    /// <summary>Fills the span; the length that was written must be the span's.</summary>
    public void Doubles(Span<double> values)
    {
        if (Count(8) != values.Length) throw new InvalidDataException("Saved with another length.");
        for (int i = 0; i < values.Length; i++) values[i] = Double();
    }

    /// <summary>Reads a length, checked against what is left, of items that take at least <paramref name="itemSize"/> bytes each.</summary>
    public int Count(int itemSize)
    {
        int count = Int32();
        return count >= 0 && (long)count * itemSize <= Remaining ? count : throw new InvalidDataException("A length beyond the end.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining) throw new InvalidDataException("The state ends too early.");
        ReadOnlySpan<byte> span = state.Span.Slice(_position, count);
        _position += count;
        return span;
    }
}
