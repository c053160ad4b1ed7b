using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Oddity.Engine.Storage.Log;

/// <summary>
/// The frame around a record: 32 bytes of magic, payload length, segment number, sequence number, CRC-32C of the payload and CRC-32C of the frame before
/// it; then the payload, filled up to a multiple of 8. Little-endian. The segment number tells the record from what a recycled file held before.
/// </summary>
internal static class LogRecord
{
    public const int HeaderSize = 32;

    public const int Alignment = 8;

    /// <summary>"ODL1", which also is the version of the frame.</summary>
    public const uint Magic = 0x314C444F;

    /// <summary>Bytes on disk of a payload with its frame.</summary>
    public static int SizeOf(int payload) => (HeaderSize + payload + Alignment - 1) & -Alignment;

    /// <summary>Writes the frame before the payload, which stands at <see cref="HeaderSize"/>; clears what fills up the end.</summary>
    public static void Frame(Span<byte> record, int payload, uint payloadCrc, long segment, long sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], payload);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], segment);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(record[24..], payloadCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(record[28..], Crc32C(record[..28]));
        record[(HeaderSize + payload)..SizeOf(payload)].Clear();
    }

    /// <summary>Reads a frame that stands at the start of <paramref name="bytes"/>; false if there is none of that segment, or its payload is not whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, long segment, out long sequence, out int payload)
    {
        (sequence, payload) = (0, 0);
        if (bytes.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic) return false;
        if (BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) != segment) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]) != Crc32C(bytes[..28])) return false;
        payload = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        sequence = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        if (payload < 0 || payload > bytes.Length - HeaderSize) return false;
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]) == Crc32C(bytes.Slice(HeaderSize, payload));
    }

    /// <summary>CRC-32C (Castagnoli), as processors compute it; without such an instruction the framework does, with the same result.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (byte one in bytes[(words.Length * 8)..]) crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }
}
