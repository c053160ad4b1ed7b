using System.Globalization;
using System.Text;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>
/// Cuts a TCP stream of syslog into messages: those that say their length before (octet counting, RFC 6587) and those that end with a line feed, each by how it
/// begins. What grows beyond a message is cut and passed over.
/// </summary>
internal sealed class SyslogFraming
{
    /// <summary>Longest message in bytes.</summary>
    public const int MaxMessage = 64 << 10;

    private byte[] _buffer = new byte[4_096];
    private int _length;
    private bool _skipping;

    /// <summary>Takes what came, and hands on each whole message.</summary>
    public void Take(ReadOnlySpan<byte> bytes, Action<ReadOnlyMemory<byte>> message)
    {
        if (_length + bytes.Length > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes.Length));
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
        int at = 0;
        while (at < _length && Next(_buffer.AsSpan(at, _length - at), out int skip, out int length))
        {
            if (length > 0) message(_buffer.AsMemory(at + skip, length));
            at += skip + length;
        }

        _buffer.AsSpan(at, _length - at).CopyTo(_buffer);
        _length -= at;
    }

    /// <summary>The stream ended: what is left is a message too.</summary>
    public void End(Action<ReadOnlyMemory<byte>> message)
    {
        if (_length > 0 && !_skipping) message(_buffer.AsMemory(0, _length));
        _length = 0;
    }

    /// <summary>Where the next message begins and how long it is; false if more has to come.</summary>
    private bool Next(ReadOnlySpan<byte> bytes, out int skip, out int length)
    {
        (skip, length) = (0, 0);
        if (_skipping)
        {
            int end = bytes.IndexOf((byte)'\n');
            skip = end < 0 ? bytes.Length : end + 1;
            _skipping = end < 0;
            return true;
        }

        if (bytes[0] is (byte)'\n' or (byte)'\r' or 0)
        {
            skip = 1;
            return true;
        }

        if (TryReadCount(bytes, out int digits, out int count))
        {
            if (bytes.Length < digits + 1 + count) return false;
            (skip, length) = (digits + 1, count);
            return true;
        }

        int newline = bytes.IndexOf((byte)'\n');
        if (newline < 0 && bytes.Length <= MaxMessage) return false;
        length = newline < 0 ? MaxMessage : Math.Min(newline, MaxMessage);
        _skipping = newline < 0 || newline > MaxMessage;
        return true;
    }

    /// <summary>Digits, a space and the <c>&lt;</c> of a priority: a length. Digits alone may still become one, so that a few are waited for.</summary>
    private static bool TryReadCount(ReadOnlySpan<byte> bytes, out int digits, out int count)
    {
        digits = 0;
        while (digits < bytes.Length && digits < 6 && char.IsAsciiDigit((char)bytes[digits])) digits++;
        count = 0;
        return digits > 0 && digits + 1 < bytes.Length && bytes[digits] == (byte)' ' && bytes[digits + 1] == (byte)'<' && bytes[0] != (byte)'0'
            && int.TryParse(Encoding.ASCII.GetString(bytes[..digits]), NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is > 0 and <= MaxMessage;
    }
}
