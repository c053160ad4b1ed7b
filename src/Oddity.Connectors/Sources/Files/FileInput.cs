using System.Text;

namespace Oddity.Connectors.Sources.Files;

/// <summary>
/// A file's text as UTF-8, whatever it came as: gzip is decompressed, UTF-16 converted, byte order marks dropped, and what is not text refused. The
/// content decides, not the name.
/// </summary>
internal sealed class FileInput : ReadOnlyStream
{
    private const int HeadBytes = 64 << 10;

    private readonly Stream _text;
    private readonly byte[] _head = new byte[HeadBytes];
    private readonly int _headLength;
    private readonly long _maxBytes;
    private int _position;
    private long _read;

    /// <summary>Opens a file.</summary>
    /// <param name="content">Its bytes; disposed with this.</param>
    /// <param name="maxBytes">Most bytes of text.</param>
    /// <param name="verifyFirst">Read a gzip to its end before anything of it is used, if the stream can seek, so that of a broken one nothing is used.</param>
    /// <exception cref="DecodeException">It is empty, not text, or a broken gzip.</exception>
    public FileInput(Stream content, long maxBytes, bool verifyFirst)
    {
        _maxBytes = maxBytes;
        byte[] start = new byte[4];
        int length = content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        bool compressed = GunzipStream.IsGzip(start);
        if (compressed && verifyFirst && content.CanSeek) Verify(content, length);
        Stream plain = new Prefixed(start.AsMemory(0, length), content);
        if (compressed)
        {
            plain = new GunzipStream(plain);
            length = plain.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            plain = new Prefixed(start.AsMemory(0, length), plain);
            if (GunzipStream.IsGzip(start.AsSpan(0, length))) throw Refused("not_text", "The file is compressed twice.");
        }

        _text = Transcode(plain, start.AsSpan(0, length));
        _headLength = _text.ReadAtLeast(_head, HeadBytes, throwOnEndOfStream: false);
        _position = Head.StartsWith("\uFEFF"u8) ? 3 : 0;
        CheckText(start.AsSpan(0, length));
    }

    /// <summary>The first 64 KiB of the text, or all of it.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(_position, _headLength - _position);

    /// <summary>The head is all there is.</summary>
    public bool HeadIsAll => _headLength < HeadBytes;

    /// <summary>The first character says JSON.</summary>
    public bool IsJson => Head.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];

    /// <summary>Bytes of text read so far.</summary>
    public long BytesRead => _read;

    public override int Read(Span<byte> buffer)
    {
        int read = Math.Min(buffer.Length, _headLength - _position);
        if (read > 0) _head.AsSpan(_position, read).CopyTo(buffer);
        else read = _text.Read(buffer);
        _position = Math.Min(_position + read, _headLength);
        _read += read;
        return _read <= _maxBytes ? read : throw TooLarge(_maxBytes);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _text.Dispose();
        base.Dispose(disposing);
    }

    private static DecodeException Refused(string code, string detail) => new(new(code, detail));

    private static DecodeException TooLarge(long maxBytes) =>
        new(new("too_large", FormattableString.Invariant($"The file holds more than {maxBytes:N0} bytes."), TooLarge: true));

    private void Verify(Stream content, int alreadyRead)
    {
        long start = content.Position - alreadyRead;
        content.Position = start;
        using (var whole = new GunzipStream(new Prefixed(default, content, leaveOpen: true)))
        {
            byte[] buffer = new byte[HeadBytes];
            long total = 0;
            while (whole.Read(buffer) is var read and > 0)
            {
                if ((total += read) > _maxBytes) throw TooLarge(_maxBytes);
            }
        }

        content.Position = start + alreadyRead;
    }

    private static Stream Transcode(Stream text, ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xFE, 0, 0] or [0, 0, 0xFE, 0xFF] => throw Refused("not_text", "The file is UTF-32; save it as UTF-8."),
        [0xFF, 0xFE, ..] => Encoding.CreateTranscodingStream(text, Encoding.Unicode, Encoding.UTF8),
        [0xFE, 0xFF, ..] => Encoding.CreateTranscodingStream(text, Encoding.BigEndianUnicode, Encoding.UTF8),
        _ => text,
    };

    private void CheckText(ReadOnlySpan<byte> start)
    {
        if (Head.TrimStart(" \t\r\n"u8).IsEmpty && HeadIsAll) throw Refused("empty_body", "The file is empty.");
        if (start.StartsWith("PK\u0003\u0004"u8)) throw Refused("not_text", "This is a ZIP archive or a spreadsheet; export it as CSV.");
        if (Head.Contains((byte)0)) throw Refused("not_text", "The file is not text: no CSV, JSON or TXT, nor a gzip of one.");
    }

    /// <summary>A stream with bytes already taken from it put back in front.</summary>
    private sealed class Prefixed(ReadOnlyMemory<byte> first, Stream rest, bool leaveOpen = false) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _first = first.ToArray();

        public override int Read(Span<byte> buffer)
        {
            if (_first.IsEmpty) return rest.Read(buffer);
            int count = Math.Min(buffer.Length, _first.Length);
            _first.Span[..count].CopyTo(buffer);
            _first = _first[count..];
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !leaveOpen) rest.Dispose();
            base.Dispose(disposing);
        }
    }
}
