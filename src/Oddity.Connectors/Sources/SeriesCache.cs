using System.Diagnostics.CodeAnalysis;
using System.Text;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources;

/// <summary>
/// The keys of the series in one request, found by the bytes that name them, so that a thousand events of one series make one key. Two spellings of
/// one series (labels in another order) have two entries with equal keys.
/// </summary>
internal sealed class SeriesCache
{
    private readonly Dictionary<byte[], SeriesGroup> _groups = new(IdentityComparer.Instance);
    private readonly Dictionary<byte[], SeriesGroup>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly bool _shared;
    private readonly int _prefix;
    private byte[] _identity;
    private int _length;

    /// <param name="tenant">Whose keys to share with other requests, where the bytes and the tenant say all about a series; null to share none.</param>
    public SeriesCache(string? tenant = null)
    {
        _lookup = _groups.GetAlternateLookup<ReadOnlySpan<byte>>();
        _shared = tenant is not null;
        byte[] prefix = Encoding.UTF8.GetBytes($"{tenant}\n");
        _prefix = prefix.Length;
        _identity = new byte[512 + _prefix];
        prefix.CopyTo(_identity, 0);
    }

    /// <summary>Keys met so far.</summary>
    public int KeyCount { get; private set; }

    /// <summary>Begins an identity; what is appended next belongs to it.</summary>
    public void Begin(char shape)
    {
        _identity[_prefix] = (byte)shape;
        _length = _prefix + 1;
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

    public bool TryGet([NotNullWhen(true)] out SeriesGroup? group)
    {
        ReadOnlySpan<byte> identity = _identity.AsSpan(0, _length);
        if (_lookup.TryGetValue(identity, out group)) return true;
        if (!_shared || !SharedSeries.TryGet(identity, out byte[]? known, out group)) return false;
        Keep(known, group);
        return true;
    }

    /// <summary>Remembers the group under the identity appended last.</summary>
    public SeriesGroup Put(SeriesGroup group)
    {
        byte[] identity = _identity[.._length];
        Keep(identity, group);
        if (_shared) SharedSeries.Put(identity, group);
        return group;
    }

    private void Keep(byte[] identity, SeriesGroup group)
    {
        KeyCount += group.Keys.Length;
        _groups[identity] = group;
    }
}

/// <summary>The series one event adds to.</summary>
/// <param name="Keys">One key for each value.</param>
/// <param name="Sources">For each key the position of its value among the event's numbers.</param>
/// <param name="Vector">The series of the values as a whole; null if they are watched one by one.</param>
internal sealed record SeriesGroup(SeriesKey[] Keys, int[] Sources, SeriesKey? Vector = null);
