using System.Diagnostics.CodeAnalysis;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Events;

/// <summary>
/// The keys of the series in one request, found by the bytes that name them, so that a thousand events of one series make one key. Two spellings of
/// one series (labels in another order) have two entries with equal keys.
/// </summary>
internal sealed class SeriesCache
{
    private readonly Dictionary<byte[], SeriesGroup> _groups = new(new ByteComparer());
    private readonly Dictionary<byte[], SeriesGroup>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private byte[] _identity = new byte[512];
    private int _length;

    public SeriesCache() => _lookup = _groups.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Keys made so far.</summary>
    public int KeyCount { get; private set; }

    /// <summary>Begins an identity; what is appended next belongs to it.</summary>
    public void Begin(char shape)
    {
        _length = 1;
        _identity[0] = (byte)shape;
    }

    /// <summary>Adds bytes to the identity, with their kind and length so that no two sequences read the same.</summary>
    public void Append(byte kind, ReadOnlySpan<byte> bytes)
    {
        int length = _length + bytes.Length + 5;
        if (_identity.Length < length) Array.Resize(ref _identity, Math.Max(_identity.Length * 2, length));
        _identity[_length] = kind;
        BitConverter.TryWriteBytes(_identity.AsSpan(_length + 1), bytes.Length);
        bytes.CopyTo(_identity.AsSpan(_length + 5));
        _length = length;
    }

    public bool TryGet([NotNullWhen(true)] out SeriesGroup? group) => _lookup.TryGetValue(_identity.AsSpan(0, _length), out group);

    /// <summary>Remembers the group under the identity appended last.</summary>
    public SeriesGroup Put(SeriesGroup group)
    {
        KeyCount += group.Keys.Length;
        _lookup[_identity.AsSpan(0, _length)] = group;
        return group;
    }

    private sealed class ByteComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        // HashCode is seeded per process, so nobody can craft bodies whose identities collide.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}

/// <summary>The series one event adds to.</summary>
/// <param name="Keys">One key for each value.</param>
/// <param name="Sources">For each key the position of its value among the event's numbers.</param>
/// <param name="Vector">The series of the values as a whole; null if they are watched one by one.</param>
internal sealed record SeriesGroup(SeriesKey[] Keys, int[] Sources, SeriesKey? Vector = null);
