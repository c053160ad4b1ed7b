using System.Buffers.Binary;
using System.IO.Compression;

namespace Oddity.Connectors.Sources.Files;

/// <summary>
/// Decompresses gzip, one member or several, and vouches for it: a file that is cut off, damaged or followed by anything but zeros ends in a
/// <see cref="DecodeException"/> (<c>bad_gzip</c>), never in a silent prefix, which is what the framework's own stream makes of those.
/// </summary>
/// <remarks>
/// <see cref="DeflateStream"/> does not tell where in its input it stopped. It takes input only when it needs some, so the end lies in the piece it
/// took last; it is found there by the eight bytes that must follow, the checksum and length of what came out.
/// </remarks>
internal sealed class GunzipStream : ReadOnlyStream
{
    private const int BufferBytes = 64 << 10;

    // No member is shorter than 20 bytes, so the trailer looked for in a piece of 16 cannot be that of the next member.
    private const int PieceBytes = 16;
    private const int TrailerBytes = 8;

    private static readonly uint[] s_crcTable = MakeCrcTable();

    private readonly Stream _input;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private int _pieceStart;
    private DeflateStream? _member;
    private bool _begun;
    private uint _crc;
    private uint _length;

    /// <param name="input">Compressed bytes; disposed with this stream.</param>
    public GunzipStream(Stream input) => _input = input;

    /// <summary>True if these are the first bytes of a gzip file.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> head) => head is [0x1F, 0x8B, ..];

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_member is null && !TryBeginMember()) return 0;
            int read = ReadMember(buffer);
            if (read > 0) return read;
            EndMember();
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _member?.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private static DecodeException Bad(string what) => new(new("bad_gzip", $"The gzip {what}."));

    private int ReadMember(Span<byte> buffer)
    {
        try
        {
            int read = _member!.Read(buffer);
            _length += (uint)read;
            foreach (byte b in buffer[..read]) _crc = s_crcTable[(byte)(_crc ^ b)] ^ (_crc >> 8);
            return read;
        }
        catch (InvalidDataException)
        {
            throw Bad("is damaged");
        }
    }

    private bool TryBeginMember()
    {
        if (_begun)
        {
            // Zeros fill up the last block of a tape.
            while (Fill(1) && _buffer[_start] == 0) _start++;
            if (!Fill(1)) return false;
            if (!Fill(2) || !IsGzip(_buffer.AsSpan(_start, 2))) throw Bad("is followed by something else");
        }

        SkipHeader();
        (_begun, _crc, _length, _pieceStart) = (true, uint.MaxValue, 0, _start);
        _member = new DeflateStream(new Pieces(this), CompressionMode.Decompress);
        return true;
    }

    // RFC 1952, section 2.3: magic, method 8, flags, time, extra flags, system; then what the flags announce.
    private void SkipHeader()
    {
        Span<byte> head = stackalloc byte[10];
        for (int i = 0; i < head.Length; i++) head[i] = NextHeaderByte();
        int flags = head[3];
        if (!IsGzip(head) || head[2] != 8 || (flags & 0xE0) != 0) throw Bad("header is not one");
        if ((flags & 4) != 0)
        {
            for (int extra = NextHeaderByte() | (NextHeaderByte() << 8); extra > 0; extra--) NextHeaderByte();
        }

        for (int texts = ((flags >> 3) & 1) + ((flags >> 4) & 1); texts > 0; texts--)
        {
            while (NextHeaderByte() != 0)
            {
            }
        }

        if ((flags & 2) != 0) _ = NextHeaderByte() | NextHeaderByte();
    }

    private byte NextHeaderByte() => Fill(1) ? _buffer[_start++] : throw Bad("ends too early");

    private void EndMember()
    {
        _member!.Dispose();
        _member = null;
        int taken = _start - _pieceStart;
        _start = _pieceStart;
        Fill(taken + TrailerBytes);
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, ~_crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _length);
        int end = _buffer.AsSpan(_start, Math.Min(taken + TrailerBytes, _end - _start)).IndexOf(trailer);
        if (end < 0) throw Bad(_end - _start < taken + TrailerBytes ? "ends too early" : "is damaged");
        _start += end + TrailerBytes;
    }

    /// <summary>Sees to it that so many bytes lie in the buffer; false if the input ends before.</summary>
    private bool Fill(int count)
    {
        if (_end - _start >= count) return true;
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        while (_end < count && _input.Read(_buffer.AsSpan(_end)) is var read and > 0) _end += read;
        return _end >= count;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            table[i] = crc;
        }

        return table;
    }

    /// <summary>The input as DeflateStream sees it; remembers which piece it took last.</summary>
    private sealed class Pieces(GunzipStream owner) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            if (!owner.Fill(1)) throw Bad("ends too early");
            int count = Math.Min(Math.Min(buffer.Length, PieceBytes), owner._end - owner._start);
            owner._buffer.AsSpan(owner._start, count).CopyTo(buffer);
            owner._pieceStart = owner._start;
            owner._start += count;
            return count;
        }
    }
}
