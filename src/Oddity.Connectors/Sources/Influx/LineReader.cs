using System.Buffers;

namespace Oddity.Connectors.Sources.Influx;

/// <summary>
/// Walks one line of InfluxDB's line protocol: <c>measurement,tag=value field=value,field=value timestamp</c>. A backslash takes the meaning from a
/// comma, an equals sign or a blank; texts are in quotes, in which a newline is a part of the text.
/// </summary>
internal ref struct LineReader(ReadOnlySpan<byte> body, int at)
{
    private static readonly SearchValues<byte> s_headEnds = SearchValues.Create(" \\\n\r"u8);
    private static readonly SearchValues<byte> s_keyEnds = SearchValues.Create("=, \\\n\r"u8);
    private static readonly SearchValues<byte> s_valueEnds = SearchValues.Create(", \n\r"u8);
    private static readonly SearchValues<byte> s_textEnds = SearchValues.Create("\"\\"u8);

    private readonly ReadOnlySpan<byte> _body = body;

    /// <summary>Where the next byte is read.</summary>
    public int At { get; private set; } = at;

    /// <summary>True at the end of the line or of the body.</summary>
    public readonly bool AtEnd => At >= _body.Length || _body[At] is (byte)'\n' or (byte)'\r';

    /// <summary>The measurement and its tags, as they stand there, up to the first blank.</summary>
    public ReadOnlySpan<byte> Head() => Take(s_headEnds);

    /// <summary>A field's name, as it stands there; the equals sign after it is eaten. Empty if there is none.</summary>
    public ReadOnlySpan<byte> FieldKey()
    {
        ReadOnlySpan<byte> key = Take(s_keyEnds);
        if (!Eat((byte)'=')) return default;
        return key;
    }

    /// <summary>A number or a word, up to a comma, a blank or the end of the line.</summary>
    public ReadOnlySpan<byte> Word()
    {
        int length = _body[At..].IndexOfAny(s_valueEnds);
        ReadOnlySpan<byte> word = length < 0 ? _body[At..] : _body.Slice(At, length);
        At += word.Length;
        return word;
    }

    /// <summary>Passes over a text in quotes, at whose first quote it stands; false if it does not end.</summary>
    public bool SkipText()
    {
        int from = At + 1;
        while (from < _body.Length)
        {
            int length = _body[from..].IndexOfAny(s_textEnds);
            if (length < 0) return false;
            from += length;
            if (_body[from] == (byte)'"')
            {
                At = from + 1;
                return true;
            }

            from += 2;
        }

        return false;
    }

    public readonly bool Is(byte wanted) => At < _body.Length && _body[At] == wanted;

    public bool Eat(byte wanted)
    {
        if (!Is(wanted)) return false;
        At++;
        return true;
    }

    public void SkipBlanks()
    {
        while (Is((byte)' ')) At++;
    }

    /// <summary>To the first byte of the next line.</summary>
    public void SkipLine()
    {
        int length = At >= _body.Length ? -1 : _body[At..].IndexOf((byte)'\n');
        At = length < 0 ? _body.Length : At + length + 1;
    }

    private ReadOnlySpan<byte> Take(SearchValues<byte> ends)
    {
        int start = At;
        while (At < _body.Length)
        {
            int length = _body[At..].IndexOfAny(ends);
            if (length < 0)
            {
                At = _body.Length;
                break;
            }

            At += length;
            // A backslash at the end of a line escapes nothing.
            if (_body[At] != (byte)'\\') break;
            At += At + 1 < _body.Length && _body[At + 1] is not ((byte)'\n' or (byte)'\r') ? 2 : 1;
        }

        return _body[start..At];
    }
}
