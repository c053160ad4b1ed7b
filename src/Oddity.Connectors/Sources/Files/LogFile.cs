using System.Text;

namespace Oddity.Connectors.Sources.Files;

/// <summary>
/// The lines of a file of logs, plain or gzip: those of a text, or the cells below <c>content</c> (else <c>message</c>) of a CSV or TSV. Text is UTF-8; bytes
/// that are not become U+FFFD. Memory does not grow with the file.
/// </summary>
public sealed class LogFile : IDisposable
{
    /// <summary>Longest line in bytes; what is beyond is passed over.</summary>
    public const int MaxLineBytes = 1 << 20;

    private static readonly string[] ContentNames = ["content", "message"];

    private readonly Stream _input;
    private readonly DelimitedReader? _table;
    private readonly int _content;
    private readonly int _number = -1;
    private readonly byte[] _buffer = new byte[128 << 10];
    private readonly byte[] _line = new byte[MaxLineBytes];
    private char[] _text = new char[1_024];
    private int _length;
    private int _start;
    private int _end;

    private LogFile(Stream input, string name)
    {
        string extension = Path.GetExtension(name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name);
        bool comma = extension.Equals(".csv", StringComparison.OrdinalIgnoreCase), tab = extension.Equals(".tsv", StringComparison.OrdinalIgnoreCase);
        _input = input;
        if (!comma && !tab) return;
        _table = new(input, tab ? (byte)'\t' : (byte)',');
        if (!_table.Read()) return;
        string[] header = [.. Enumerable.Range(0, _table.Count).Select(i => Encoding.UTF8.GetString(_table[i]).TrimStart('\uFEFF'))];
        _content = ContentNames.Select(wanted => Array.FindIndex(header, cell => cell.Equals(wanted, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(i => i >= 0, -1);
        _number = Array.FindIndex(header, cell => cell.Equals("line", StringComparison.OrdinalIgnoreCase));
        if (_content < 0) throw new DecodeException(new("no_content", "The table has neither a column 'content' nor 'message'."));
    }

    /// <summary>Whether it is a table that says which line is which, in a column <c>line</c>.</summary>
    public bool IsNumbered => _number >= 0;

    /// <summary>The cell below <c>line</c>; empty without such a column.</summary>
    public string Number { get; private set; } = "";

    /// <summary>The line, without its end; valid until the next is read.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Opens a file; its name says whether it is a table.</summary>
    /// <param name="content">What it holds, disposed with the reader.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="InvalidDataException">It is a table without lines of logs, or not what its name says.</exception>
    public static LogFile Open(Stream content, string name)
    {
        try
        {
            return new(name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GunzipStream(content) : content, name);
        }
        catch (DecodeException error)
        {
            throw new InvalidDataException(error.Failure.Detail, error);
        }
    }

    /// <summary>Reads the next line; false at the end. Empty lines count; in a table, rows without anything do not.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public bool Read()
    {
        try
        {
            return _table is null ? ReadLine() : ReadRow(_table);
        }
        catch (DecodeException error)
        {
            throw new InvalidDataException(error.Failure.Detail, error);
        }
    }

    public void Dispose() => _input.Dispose();

    private bool ReadRow(DelimitedReader table)
    {
        if (!table.Read()) return false;
        if (IsNumbered) Number = Encoding.UTF8.GetString(table[_number]);
        Take(table[_content]);
        return true;
    }

    private bool ReadLine()
    {
        int length = 0;
        bool any = false;
        while (_start < _end || Fill())
        {
            any = true;
            Span<byte> rest = _buffer.AsSpan(_start, _end - _start);
            int newline = rest.IndexOf((byte)'\n');
            Span<byte> part = newline < 0 ? rest : rest[..newline];
            int kept = Math.Min(part.Length, MaxLineBytes - length);
            part[..kept].CopyTo(_line.AsSpan(length));
            length += kept;
            _start += part.Length + (newline < 0 ? 0 : 1);
            if (newline >= 0) break;
        }

        if (!any) return false;
        if (length > 0 && _line[length - 1] == '\r') length--;
        Take(_line.AsSpan(0, length));
        return true;
    }

    private bool Fill()
    {
        (_start, _end) = (0, _input.Read(_buffer));
        return _end > 0;
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        if (_text.Length < line.Length) _text = new char[Math.Max(line.Length, 2 * _text.Length)];
        _length = Encoding.UTF8.GetChars(line, _text);
    }
}
