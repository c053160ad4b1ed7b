using System.Buffers.Binary;
using System.Text;

namespace Oddity.Engine.Storage.Log;

/// <summary>Reads what <see cref="PayloadWriter"/> wrote.</summary>
/// <exception cref="InvalidDataException">The bytes end too early or are none of it.</exception>
internal ref struct PayloadReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public byte Byte() => _at < _bytes.Length ? _bytes[_at++] : throw Early();

    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("A number longer than any.");
    }

    public long Signed()
    {
        ulong folded = Varint();
        return (long)(folded >> 1) ^ -(long)(folded & 1);
    }

    /// <summary>A number of things of which each takes at least <paramref name="size"/> bytes.</summary>
    public int Count(int size)
    {
        ulong count = Varint();
        return count <= (ulong)((_bytes.Length - _at) / size) ? (int)count : throw Early();
    }

    public int Id() => Varint() is <= int.MaxValue and ulong id ? (int)id : throw new InvalidDataException("A number of a series that none has.");

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public string Text() => Encoding.UTF8.GetString(Take(Count(1)));

    /// <summary>The UTF-8 bytes of a text.</summary>
    public ReadOnlySpan<byte> Utf8() => Take(Count(1));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at) throw Early();
        _at += count;
        return _bytes.Slice(_at - count, count);
    }

    private static InvalidDataException Early() => new("A record that ends too early.");
}
