using System.Buffers.Binary;

namespace Oddity.Connectors.Sources;

/// <summary>Reads protobuf's wire format from a span: fields one after another, nothing allocated. After an error <see cref="Failed"/> stays true and nothing more is read.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Wire types.</summary>
    public const int TypeVarint = 0, TypeFixed64 = 1, TypeBytes = 2;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next byte is read.</summary>
    public int At { get; private set; }

    /// <summary>Bytes there are in all.</summary>
    public readonly int Length => _bytes.Length;

    public bool Failed { get; private set; }

    /// <summary>Number of the field read last.</summary>
    public int Field { get; private set; }

    /// <summary>Wire type of the field read last: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.</summary>
    public int Type { get; private set; }

    /// <summary>Goes to the next field; false at the end or after an error.</summary>
    public bool Next()
    {
        if (Failed || At >= _bytes.Length) return false;
        ulong key = Varint();
        (Field, Type) = ((int)(key >> 3), (int)(key & 7));
        if (key >> 3 is 0 or > 0x1FFFFFFF) Failed = true;
        return !Failed;
    }

    /// <summary>True if the field read last is that one, written that way; written another way it is another field, as the format has it.</summary>
    public readonly bool Is(int field, int type) => Field == field && Type == type;

    /// <summary>Says that the message is broken, if it was; for readers that want to know it after the last field.</summary>
    /// <exception cref="InvalidDataException">It was.</exception>
    public readonly void End()
    {
        if (Failed) throw new InvalidDataException("a number or a length goes beyond the end, or a field is of no known kind");
    }

    /// <summary>True if the next byte is this one; it is not read.</summary>
    public readonly bool IsAt(byte key) => At < _bytes.Length && _bytes[At] == key;

    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64 && At < _bytes.Length; shift += 7)
        {
            byte next = _bytes[At++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        Failed = true;
        return 0;
    }

    public double Double() => BitConverter.UInt64BitsToDouble(Fixed64());

    public ulong Fixed64()
    {
        if (_bytes.Length - At < 8)
        {
            Failed = true;
            return 0;
        }

        At += 8;
        return BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(At - 8)..]);
    }

    public ReadOnlySpan<byte> Bytes()
    {
        ulong length = Varint();
        if (length > (ulong)(_bytes.Length - At)) Failed = true;
        if (Failed) return [];
        At += (int)length;
        return _bytes.Slice(At - (int)length, (int)length);
    }

    /// <summary>Passes over the field read last. Groups, which nobody sends any more, are an error.</summary>
    public void Skip()
    {
        if (Type == 0) Varint();
        else if (Type == 2) Bytes();
        else if (Type is 1 or 5 && _bytes.Length - At >= (Type == 1 ? 8 : 4)) At += Type == 1 ? 8 : 4;
        else Failed = true;
    }
}
