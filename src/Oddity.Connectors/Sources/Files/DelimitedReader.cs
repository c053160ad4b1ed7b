namespace Oddity.Connectors.Sources.Files;

/// <summary>
/// Reads delimited text row by row as bytes, by the rules of RFC 4180: a field in quotes may hold the delimiter, line ends and doubled quotes. Line
/// ends are LF, CRLF or CR; empty lines are passed over; blanks around a field are dropped. Takes time linear in the input.
/// </summary>
/// <remarks>By hand, because memory must stay bounded whatever strangers upload: a line of 64 million commas, or a quote never closed.</remarks>
internal sealed class DelimitedReader(Stream input, byte delimiter)
{
    /// <summary>Longest row; a longer one, mostly a quote that is never closed, ends the file.</summary>
    public const int MaxRowBytes = 1 << 20;

    /// <summary>Most fields in a row; more make the row malformed.</summary>
    public const int MaxFields = 4096;

    // Offsets count from the row's start, so they hold when the buffer moves or grows.
    private readonly List<(int Offset, int Length)> _fields = [];
    private byte[] _buffer = new byte[64 << 10];
    private int _row;
    private int _next;
    private int _end;
    private long _lines;

    /// <summary>Number of the line on which the row begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Fields in the row.</summary>
    public int Count => _fields.Count;

    /// <summary>What is wrong with the row's quotes or size; null if nothing is.</summary>
    public string? Mistake { get; private set; }

    /// <summary>A field, without quotes; valid until the next row is read. Beyond the last it is empty.</summary>
    public ReadOnlySpan<byte> this[int index] =>
        (uint)index < (uint)_fields.Count ? _buffer.AsSpan(_row + _fields[index].Offset, _fields[index].Length) : default;

    /// <summary>Reads the next row that is not empty; false at the end.</summary>
    /// <exception cref="DecodeException">The row is too long.</exception>
    public bool Read()
    {
        do
        {
            _row = _next;
            if (At(0) < 0) return false;
            ReadRow();
        }
        while (Count == 1 && this[0].IsEmpty && Mistake is null);
        return true;
    }

    private void ReadRow()
    {
        _fields.Clear();
        Mistake = null;
        Line = ++_lines;
        int at = 0;
        while (ReadField(ref at)) at++;
        if (at > MaxRowBytes) throw TooLong();
        if (At(at) == '\r' && At(at + 1) == '\n') at++;
        _next = Math.Min(_row + at + 1, _end);
    }

    /// <summary>Reads a field and stops behind it; true if a delimiter stands there.</summary>
    private bool ReadField(ref int at)
    {
        while (At(at) == ' ') at++;
        if (At(at) == '"')
        {
            ReadQuoted(ref at);
        }
        else
        {
            int start = at;
            at = FindFieldEnd(at);
            Add(start, _buffer.AsSpan(_row + start, at - start).TrimEnd((byte)' ').Length);
        }

        return At(at) == delimiter;
    }

    private void ReadQuoted(ref int at)
    {
        int start = at + 1;
        bool doubled = false;
        at = Find((byte)'"', start);
        while (At(at) == '"' && At(at + 1) == '"')
        {
            doubled = true;
            at = Find((byte)'"', at + 2);
        }

        Span<byte> field = _buffer.AsSpan(_row + start, at - start);
        _lines += field.Count((byte)'\n');
        Add(start, doubled ? Undouble(field) : field.Length);
        if (At(at) < 0)
        {
            Mistake ??= "a quote is never closed";
            return;
        }

        int behind = at + 1;
        at = FindFieldEnd(behind);
        if (!_buffer.AsSpan(_row + behind, at - behind).Trim((byte)' ').IsEmpty) Mistake ??= "text follows a closing quote";
    }

    private void Add(int offset, int length)
    {
        if (_fields.Count < MaxFields) _fields.Add((offset, length));
        else Mistake ??= FormattableString.Invariant($"there are more than {MaxFields} fields");
    }

    private static int Undouble(Span<byte> field)
    {
        int to = 0;
        for (int from = 0; from < field.Length; from++)
        {
            field[to++] = field[from];
            if (field[from] == (byte)'"') from++;
        }

        return to;
    }

    /// <summary>Where the byte is, or the end of the input.</summary>
    private int Find(byte wanted, int at)
    {
        while (true)
        {
            int found = _buffer.AsSpan(_row + at, _end - _row - at).IndexOf(wanted);
            if (found >= 0) return at + found;
            at = _end - _row;
            if (!More()) return at;
        }
    }

    private int FindFieldEnd(int at)
    {
        while (true)
        {
            int found = _buffer.AsSpan(_row + at, _end - _row - at).IndexOfAny(delimiter, (byte)'\n', (byte)'\r');
            if (found >= 0) return at + found;
            at = _end - _row;
            if (!More()) return at;
        }
    }

    /// <summary>The byte so far behind the row's start; -1 beyond the end of the input.</summary>
    private int At(int offset)
    {
        while (_row + offset >= _end)
        {
            if (!More()) return -1;
        }

        return _buffer[_row + offset];
    }

    private bool More()
    {
        if (_end == _buffer.Length)
        {
            if (_end - _row > MaxRowBytes) throw TooLong();

            // Moving only what is shorter than what went before keeps the whole linear.
            byte[] to = _row > _buffer.Length / 2 ? _buffer : new byte[_buffer.Length * 2];
            _buffer.AsSpan(_row, _end - _row).CopyTo(to);
            (_buffer, _row, _end) = (to, 0, _end - _row);
        }

        int read = input.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }

    private DecodeException TooLong() => new(new("bad_row", FormattableString.Invariant($"Line {Line}: longer than {MaxRowBytes} bytes; is a quote left open?")));
}
