using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>Reads MessagePack from a span; nothing is allocated for what is announced, only for what is there.</summary>
/// <exception cref="InvalidDataException">The bytes are none, end too early or are nested deeper than 32.</exception>
internal ref struct MessagePackReader(ReadOnlySpan<byte> bytes)
{
    public const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int At { get; private set; }

    public readonly bool IsEnd => At >= _bytes.Length;

    /// <summary>The first byte of the next value.</summary>
    public readonly byte Code => At < _bytes.Length ? _bytes[At] : throw Early();

    public readonly bool IsArray => Code is >= 0x90 and <= 0x9f or 0xdc or 0xdd;

    public readonly bool IsMap => Code is >= 0x80 and <= 0x8f or 0xde or 0xdf;

    public readonly bool IsText => Code is >= 0xa0 and <= 0xbf or >= 0xd9 and <= 0xdb or >= 0xc4 and <= 0xc6;

    /// <summary>Length of the first whole value in the bytes; 0 if it is not all there yet. Without recursion, so that nesting costs nothing.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        long pending = 1;
        int at = 0;
        for (; pending > 0; pending--)
        {
            if (at >= bytes.Length) return 0;
            if (!TryHead(bytes, at, out int head, out long body, out long children)) return 0;
            if (at + head + body > bytes.Length) return 0;
            at += head + (int)body;
            pending += children;
            if (pending > int.MaxValue) throw new InvalidDataException("more values than any message has");
        }

        return at;
    }

    public int ArrayLength() => Children(IsArray, 1);

    public int MapLength() => Children(IsMap, 2);

    /// <summary>A text or bytes.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        if (!IsText) throw new InvalidDataException("a text is expected");
        return Take();
    }

    public void Skip()
    {
        int length = LengthOf(_bytes[At..]);
        if (length == 0) throw Early();
        At += length;
    }

    /// <summary>An event time, a whole number or fraction of seconds, as Unix milliseconds; null for nil.</summary>
    public long? TimeMs()
    {
        byte code = Code;
        if (code is 0xd7 or 0xc7)
        {
            TryHead(_bytes, At, out int head, out long body, out _);
            if (At + head + body > _bytes.Length) throw Early();
            if (body < 8 || _bytes[At + head - 1] != 0) throw new InvalidDataException("a time is expected");
            ReadOnlySpan<byte> time = _bytes[(At + head)..];
            At += head + (int)body;
            return (BinaryPrimitives.ReadUInt32BigEndian(time) * 1000L) + (BinaryPrimitives.ReadUInt32BigEndian(time[4..]) / 1_000_000);
        }

        string text = Text(0);
        return EventTime.TryParse(text, TimePrecision.Auto, out long ms) ? ms : null;
    }

    /// <summary>Adds what a value holds to the fields below a name.</summary>
    public void AddTo(LogFields fields, string prefix, int depth)
    {
        if (depth > MaxDepth) throw new InvalidDataException($"nested deeper than {MaxDepth}");
        if (!IsMap)
        {
            fields.Set(prefix, Text(depth));
            return;
        }

        for (int left = MapLength(); left > 0; left--)
        {
            string name = Text(depth + 1);
            AddTo(fields, prefix.Length > 0 ? $"{prefix}.{name}" : name, depth + 1);
        }
    }

    /// <summary>Any value as text.</summary>
    public string Text(int depth)
    {
        if (depth > MaxDepth) throw new InvalidDataException($"nested deeper than {MaxDepth}");
        byte code = Code;
        if (IsText) return Encoding.UTF8.GetString(Take());
        if (IsArray || IsMap)
        {
            bool map = IsMap;
            int count = map ? 2 * MapLength() : ArrayLength();
            var text = new StringBuilder(map ? "{" : "[");
            for (int i = 0; i < count; i++)
            {
                if (i > 0) text.Append(map && i % 2 == 1 ? "=" : ", ");
                string item = Text(depth + 1);
                if (text.Length < 32_768) text.Append(item);
            }

            return text.Append(map ? '}' : ']').ToString();
        }

        ReadOnlySpan<byte> raw = Take();
        return code switch
        {
            <= 0x7f => code.ToString(CultureInfo.InvariantCulture),
            >= 0xe0 => ((sbyte)code).ToString(CultureInfo.InvariantCulture),
            0xc0 => "",
            0xc2 => "false",
            0xc3 => "true",
            0xca => BinaryPrimitives.ReadSingleBigEndian(raw).ToString("R", CultureInfo.InvariantCulture),
            0xcb => BinaryPrimitives.ReadDoubleBigEndian(raw).ToString("R", CultureInfo.InvariantCulture),
            0xcc => raw[0].ToString(CultureInfo.InvariantCulture),
            0xcd => BinaryPrimitives.ReadUInt16BigEndian(raw).ToString(CultureInfo.InvariantCulture),
            0xce => BinaryPrimitives.ReadUInt32BigEndian(raw).ToString(CultureInfo.InvariantCulture),
            0xcf => BinaryPrimitives.ReadUInt64BigEndian(raw).ToString(CultureInfo.InvariantCulture),
            0xd0 => ((sbyte)raw[0]).ToString(CultureInfo.InvariantCulture),
            0xd1 => BinaryPrimitives.ReadInt16BigEndian(raw).ToString(CultureInfo.InvariantCulture),
            0xd2 => BinaryPrimitives.ReadInt32BigEndian(raw).ToString(CultureInfo.InvariantCulture),
            0xd3 => BinaryPrimitives.ReadInt64BigEndian(raw).ToString(CultureInfo.InvariantCulture),
            _ => Convert.ToHexStringLower(raw),
        };
    }

    /// <summary>Head, body and number of values inside of the value at a place; false if its head is not all there.</summary>
    private static bool TryHead(ReadOnlySpan<byte> bytes, int at, out int head, out long body, out long children)
    {
        byte code = bytes[at];
        (head, body, children) = (1, 0, 0);
        switch (code)
        {
            case <= 0x7f or >= 0xe0 or 0xc0 or 0xc2 or 0xc3: return true;
            case >= 0x80 and <= 0x8f:
                children = 2 * (code & 15);
                return true;
            case >= 0x90 and <= 0x9f:
                children = code & 15;
                return true;
            case >= 0xa0 and <= 0xbf:
                body = code & 31;
                return true;
            case 0xc1: throw new InvalidDataException("a code that has no meaning");
            case 0xca or 0xce or 0xd2:
                body = 4;
                return true;
            case 0xcb or 0xcf or 0xd3:
                body = 8;
                return true;
            case 0xcc or 0xd0:
                body = 1;
                return true;
            case 0xcd or 0xd1:
                body = 2;
                return true;
            case >= 0xd4 and <= 0xd8:
                (head, body) = (2, 1 << (code - 0xd4));
                return true;
        }

        int size = code switch { 0xc4 or 0xc7 or 0xd9 => 1, 0xc5 or 0xc8 or 0xda or 0xdc or 0xde => 2, _ => 4 };
        bool extension = code is >= 0xc7 and <= 0xc9;
        head = 1 + size + (extension ? 1 : 0);
        if (at + head > bytes.Length) return false;
        ReadOnlySpan<byte> number = bytes.Slice(at + 1, size);
        long count = size switch { 1 => number[0], 2 => BinaryPrimitives.ReadUInt16BigEndian(number), _ => BinaryPrimitives.ReadUInt32BigEndian(number) };
        if (code is 0xdc or 0xdd) children = count;
        else if (code is 0xde or 0xdf) children = 2 * count;
        else body = count;
        return true;
    }

    private int Children(bool fits, int each)
    {
        if (!fits) throw new InvalidDataException("a list or map is expected");
        if (!TryHead(_bytes, At, out int head, out _, out long children)) throw Early();
        if (children > _bytes.Length - At - head) throw Early();
        At += head;
        return (int)(children / each);
    }

    private ReadOnlySpan<byte> Take()
    {
        if (!TryHead(_bytes, At, out int head, out long body, out _) || At + head + body > _bytes.Length) throw Early();
        ReadOnlySpan<byte> taken = _bytes.Slice(At + head, (int)body);
        At += head + (int)body;
        return taken;
    }

    private static InvalidDataException Early() => new("it ends too early");
}
