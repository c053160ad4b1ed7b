using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Oddity.Engine.Series;

/// <summary>
/// Finds a series by the bytes that a protocol names it by, without making a string of them. Senders repeat their series in the same order, so the one
/// after the last is looked at first: mostly a comparison of two stretches of memory is all. Readers take no lock; those who add do.
/// </summary>
/// <param name="most">How many names it keeps; others work too, but slowly.</param>
internal sealed class WireNames(int most)
{
    private const int BlockSize = 256 << 10;

    // So that nobody can make up names that all fall into one slot.
    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    private readonly Lock _adding = new();
    private volatile Table _table = new(1024);
    private byte[] _block = [];
    private int _used;

    /// <summary>The series of a name; null if it is not known, or was deleted.</summary>
    /// <param name="name">What the protocol calls it.</param>
    /// <param name="place">Where the last one was found; -1 to begin with.</param>
    public SeriesState? Find(ReadOnlySpan<byte> name, ref int place)
    {
        Table table = _table;
        Entry[] entries = table.Entries;
        int next = place + 1;
        if ((uint)next < (uint)entries.Length && entries[next].Is(name))
        {
            place = next;
            return entries[next].Alive();
        }

        ulong hash = Hash(name);
        for (uint slot = (uint)hash; ; slot++)
        {
            int index = Volatile.Read(ref table.Slots[slot & table.Mask]) - 1;
            if (index < 0) return null;
            if (entries[index].Hash != hash || !entries[index].Is(name)) continue;
            place = index;
            return entries[index].Alive();
        }
    }

    /// <summary>
    /// The series after the one found last, if <paramref name="bytes"/> begin with its name and a byte that begins another part of a name does not follow.
    /// </summary>
    /// <returns>Length of the name; 0 if it is not that series, or was deleted.</returns>
    public int FindNext(ReadOnlySpan<byte> bytes, byte part, ref int place, out SeriesState? series)
    {
        Entry[] entries = _table.Entries;
        int next = place + 1;
        series = null;
        if ((uint)next >= (uint)entries.Length || !entries[next].Begins(bytes, part)) return 0;
        series = entries[next].Alive();
        if (series is null) return 0;
        place = next;
        return entries[next].Length;
    }

    /// <summary>Adds a name, or gives it to another series.</summary>
    public void Add(ReadOnlySpan<byte> name, SeriesState series)
    {
        if (name.Length > ushort.MaxValue) return;
        lock (_adding)
        {
            Table table = _table;
            ulong hash = Hash(name);
            uint slot = (uint)hash;
            for (int index; (index = table.Slots[slot & table.Mask] - 1) >= 0; slot++)
            {
                if (table.Entries[index].Hash != hash || !table.Entries[index].Is(name)) continue;
                table.Entries[index].Series = series;
                return;
            }

            if (table.Count >= most) return;
            if (table.Count == table.Entries.Length)
            {
                _table = table = table.Larger();
                for (slot = (uint)hash; table.Slots[slot & table.Mask] != 0; slot++)
                {
                }
            }

            (byte[] block, int start) = Keep(name);
            ref Entry entry = ref table.Entries[table.Count];
            (entry.Hash, entry.Start, entry.Length, entry.Series) = (hash, start, (ushort)name.Length, series);
            Volatile.Write(ref entry.Block, block); // Last: who looks at the next entry without the slot sees all of it or nothing.
            table.Count++;
            Volatile.Write(ref table.Slots[slot & table.Mask], table.Count);
        }
    }

    private (byte[] Block, int Start) Keep(ReadOnlySpan<byte> name)
    {
        if (_block.Length - _used < name.Length) (_block, _used) = (new byte[BlockSize], 0);
        name.CopyTo(_block.AsSpan(_used));
        _used += name.Length;
        return (_block, _used - name.Length);
    }

    /// <summary>Multiplies and folds, 16 bytes a step; good enough for a table, and equality is checked anyway.</summary>
    private static ulong Hash(ReadOnlySpan<byte> name)
    {
        ulong hash = Seed ^ (ulong)name.Length;
        while (name.Length >= 16)
        {
            hash = Mix(BinaryPrimitives.ReadUInt64LittleEndian(name) ^ hash, BinaryPrimitives.ReadUInt64LittleEndian(name[8..]) ^ 0x9E3779B97F4A7C15);
            name = name[16..];
        }

        if (name.Length >= 8)
        {
            hash = Mix(BinaryPrimitives.ReadUInt64LittleEndian(name) ^ hash, Seed ^ 0xD1B54A32D192ED03);
            name = name[8..];
        }

        ulong rest = 0;
        foreach (byte one in name) rest = (rest << 8) | one;
        return Mix(hash ^ rest, Seed ^ 0x8CB92BA72F3D8DD7);
    }

    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    private struct Entry
    {
        public ulong Hash;
        public byte[]? Block;
        public SeriesState Series;
        public int Start;
        public ushort Length;

        public readonly bool Is(ReadOnlySpan<byte> name)
        {
            byte[]? block = Volatile.Read(in Block);
            return block is not null && Length == name.Length && block.AsSpan(Start, Length).SequenceEqual(name);
        }

        public readonly bool Begins(ReadOnlySpan<byte> bytes, byte part)
        {
            byte[]? block = Volatile.Read(in Block);
            if (block is null || Length > bytes.Length || (Length < bytes.Length && bytes[Length] == part)) return false;
            return block.AsSpan(Start, Length).SequenceEqual(bytes[..Length]);
        }

        public readonly SeriesState? Alive() => Series is { Deleted: false } ? Series : null;
    }

    private sealed class Table(int capacity)
    {
        public readonly Entry[] Entries = new Entry[capacity];
        public readonly int[] Slots = new int[capacity * 2];

        public int Count { get; set; }

        public uint Mask => (uint)Slots.Length - 1;

        public Table Larger()
        {
            var larger = new Table(Entries.Length * 2) { Count = Count };
            Entries.CopyTo(larger.Entries, 0);
            for (int i = 0; i < Count; i++)
            {
                uint slot = (uint)larger.Entries[i].Hash;
                while (larger.Slots[slot & larger.Mask] != 0) slot++;
                larger.Slots[slot & larger.Mask] = i + 1;
            }

            return larger;
        }
    }
}
