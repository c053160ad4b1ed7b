using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Oddity.Engine.Storage.Log;

/// <summary>Appends a record's payload to a rented buffer, behind room for its frame.</summary>
internal struct PayloadWriter
{
    private byte[] _buffer;
    private int _at;

    /// <summary>Begins in <paramref name="buffer"/>, which it gives back and exchanges for a larger one when it must grow.</summary>
    public PayloadWriter(byte[] buffer)
    {
        _buffer = buffer;
        _at = LogRecord.HeaderSize;
        Reserve(0);
    }

    /// <summary>The buffer now.</summary>
    public readonly byte[] Buffer => _buffer;

    /// <summary>Bytes of payload so far.</summary>
    public readonly int Length => _at - LogRecord.HeaderSize;

    /// <summary>Makes sure of so many bytes and gives them; <see cref="Advance"/> tells how many were used. Room for filling up the end stays.</summary>
    public Span<byte> Reserve(int count)
    {
        int needed = checked(_at + count + LogRecord.Alignment);
        if (needed > _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
            _buffer.AsSpan(0, Math.Min(_at, _buffer.Length)).CopyTo(larger);
            if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_at);
    }

    public void Advance(int count) => _at += count;

    public void Byte(byte value)
    {
        Reserve(1)[0] = value;
        _at++;
    }

    /// <summary>Seven bits a byte, low ones first.</summary>
    public void Varint(ulong value) => _at += Varint(Reserve(10), value);

    public void Signed(long value) => Varint(Fold(value));

    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);
        _at += 8;
    }

    public void Text(string value)
    {
        int size = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)size);
        _at += Encoding.UTF8.GetBytes(value, Reserve(size));
    }

    /// <summary>A text that is UTF-8 already.</summary>
    public void Utf8(ReadOnlySpan<byte> text)
    {
        Varint((ulong)text.Length);
        text.CopyTo(Reserve(text.Length));
        _at += text.Length;
    }

    /// <summary>Puts the sign last, so that small numbers of either sign are short.</summary>
    public static ulong Fold(long value) => (ulong)(value << 1) ^ (ulong)(value >> 63);

    public static int Varint(Span<byte> into, ulong value)
    {
        int at = 0;
        for (; value >= 0x80; value >>= 7) into[at++] = (byte)(value | 0x80);
        into[at++] = (byte)value;
        return at;
    }
}
