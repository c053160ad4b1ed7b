using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Oddity.Connectors.Sources;

/// <summary>
/// Keys that recent requests used. Most requests bring the next samples of the same series, and making a key costs more than decoding its event ten
/// times over. Decoding gives equal results with it and without. Thread-safe; when full it starts over.
/// </summary>
internal static class SharedSeries
{
    // Some 80 MB at most, at about 1.2 KB for a key with five labels.
    private const int MaxKeys = 65_536;
    private const long MaxBytes = 8 << 20;

    private static volatile Generation s_current = new();

    public static bool TryGet(ReadOnlySpan<byte> identity, [NotNullWhen(true)] out byte[]? known, [NotNullWhen(true)] out SeriesGroup? group) =>
        s_current.Lookup.TryGetValue(identity, out known, out group);

    public static void Put(byte[] identity, SeriesGroup group)
    {
        Generation current = s_current;
        if (!current.Groups.TryAdd(identity, group)) return;
        bool full = Interlocked.Add(ref current.Keys, group.Keys.Length) > MaxKeys | Interlocked.Add(ref current.Bytes, identity.Length) > MaxBytes;
        if (full) s_current = new();
    }

    private sealed class Generation
    {
        public long Keys;
        public long Bytes;

        public Generation() => Lookup = Groups.GetAlternateLookup<ReadOnlySpan<byte>>();

        public ConcurrentDictionary<byte[], SeriesGroup> Groups { get; } = new(IdentityComparer.Instance);

        public ConcurrentDictionary<byte[], SeriesGroup>.AlternateLookup<ReadOnlySpan<byte>> Lookup { get; }
    }
}
