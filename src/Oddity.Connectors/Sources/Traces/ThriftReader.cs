using System.Buffers.Binary;

namespace Oddity.Connectors.Sources.Traces;

/// <summary>Reads Thrift's binary protocol from a span, as far as Jaeger's messages need it. After an error <see cref="Failed"/> stays true and nothing more is read.</summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Types of fields.</summary>
    public const byte Stop = 0, Bool = 2, Byte = 3, Double = 4, I16 = 6, I32 = 8, I64 = 10, Text = 11, Struct = 12, Map = 13, Set = 14, List = 15;

    private const int MaxDepth = 16;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public bool Failed { get; private set; }

    public readonly bool AtEnd => _at == _bytes.Length;

    /// <summary>Goes to the next field of a struct; false at its end or after an error.</summary>
    public bool Next(out byte type, out short id)
    {
        (type, id) = (ReadByte(), 0);
        if (Failed || type == Stop) return false;
        id = Take(2) is { Length: 2 } two ? BinaryPrimitives.ReadInt16BigEndian(two) : (short)0;
        return !Failed;
    }

    public byte ReadByte() => Take(1) is { Length: 1 } one ? one[0] : Stop;

    public int ReadI32() => Take(4) is { Length: 4 } four ? BinaryPrimitives.ReadInt32BigEndian(four) : 0;

    public long ReadI64() => Take(8) is { Length: 8 } eight ? BinaryPrimitives.ReadInt64BigEndian(eight) : 0;

    public double ReadDouble() => BitConverter.Int64BitsToDouble(ReadI64());

    public ReadOnlySpan<byte> ReadBytes() => Take(ReadI32());

    /// <summary>Begins a list; its length is at most what the bytes left can hold.</summary>
    public int BeginList(byte wanted)
    {
        byte type = ReadByte();
        int count = ReadI32();
        if (count < 0 || count > _bytes.Length - _at || (count > 0 && type != wanted)) Failed = true;
        return Failed ? 0 : count;
    }

    /// <summary>Passes over a value.</summary>
    public void Skip(byte type) => Skip(type, 0);

    private void Skip(byte type, int depth)
    {
        if (depth > MaxDepth) Failed = true;
        if (Failed) return;
        switch (type)
        {
            case Bool or Byte: Take(1); break;
            case I16: Take(2); break;
            case I32: Take(4); break;
            case I64 or Double: Take(8); break;
            case Text: ReadBytes(); break;
            case Struct:
                while (Next(out byte field, out _)) Skip(field, depth + 1);
                break;
            case List or Set:
                (byte item, int items) = (ReadByte(), ReadI32());
                SkipMany(items, item, Stop, depth);
                break;
            case Map:
                (byte key, byte value) = (ReadByte(), ReadByte());
                SkipMany(ReadI32(), key, value, depth);
                break;
            default: Failed = true; break;
        }
    }

    private void SkipMany(int count, byte first, byte second, int depth)
    {
        if (count < 0 || count > _bytes.Length - _at) Failed = true;
        for (; count > 0 && !Failed; count--)
        {
            Skip(first, depth + 1);
            if (second != Stop) Skip(second, depth + 1);
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _bytes.Length - _at) Failed = true;
        if (Failed) return [];
        _at += count;
        return _bytes.Slice(_at - count, count);
    }
}
