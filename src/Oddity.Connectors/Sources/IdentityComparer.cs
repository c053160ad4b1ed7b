using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Oddity.Connectors.Sources;

/// <summary>Compares identities of series by their bytes.</summary>
internal sealed class IdentityComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    // Of each process its own, so that nobody can craft bodies whose identities collide.
    private static readonly ulong s_seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    public static IdentityComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    /// <summary>Multiplies and folds, 16 bytes a step; good enough for a table, and equality is checked anyway.</summary>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        ulong hash = s_seed ^ (ulong)alternate.Length;
        while (alternate.Length >= 16)
        {
            hash = Mix(BinaryPrimitives.ReadUInt64LittleEndian(alternate) ^ hash, BinaryPrimitives.ReadUInt64LittleEndian(alternate[8..]) ^ 0x9E3779B97F4A7C15);
            alternate = alternate[16..];
        }

        if (alternate.Length >= 8)
        {
            hash = Mix(BinaryPrimitives.ReadUInt64LittleEndian(alternate) ^ hash, s_seed ^ 0xD1B54A32D192ED03);
            alternate = alternate[8..];
        }

        ulong rest = 0;
        foreach (byte one in alternate) rest = (rest << 8) | one;
        return (int)Mix(hash ^ rest, s_seed ^ 0x8CB92BA72F3D8DD7);
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
