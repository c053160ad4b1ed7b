using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Oddity.Engine.Series;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Intake;

/// <summary>The part of a batch that is its record in the log, and which of its rows go to which shard.</summary>
/// <remarks>
/// Record: version, flags, time of arrival, tenant; the series that the log does not name yet, each with number, kind and text; then columns: numbers of
/// series and times as differences to the row before, values as they are; then vectors, series that were deleted, the idempotency key with its
/// answer, and how far the batch takes its source, each where a flag says so. So a replay needs nothing but the log and the checkpoint before it.
/// </remarks>
public sealed partial class Batch
{
    private const byte Version = 2;
    private const byte HasVectors = 1;
    private const byte HasDeleted = 2;
    private const byte HasKey = 4;
    private const byte HasPositions = 8;

    private byte[] _buffer = [];
    private int[] _order = [];
    private int[] _starts = [];
    private readonly HashSet<Watched> _unlogged = [];
    private uint _payloadCrc;
    private int _deletionsSeen;

    internal int PayloadLength { get; private set; }

    /// <summary>Numbers of series that end with this batch, their samples gone.</summary>
    internal int[] Deleted { get; set; } = [];

    /// <summary>What had those numbers, once the record is on disk.</summary>
    internal Watched[] Gone { get; set; } = [];

    /// <summary>The key that the request came with and how many records were let in and not; from the log after a restart.</summary>
    internal (string? Key, int Accepted, int Rejected) Answer { get; set; }

    /// <summary>How far it takes its source; from the log after a restart.</summary>
    internal IReadOnlyList<SourcePosition> Positions { get; private set; } = [];

    /// <summary>Samples of a record whose series the log no longer names, because what named it is damaged.</summary>
    internal int Orphans { get; private set; }

    /// <summary>Writes the payload, and sorts the rows by shard.</summary>
    internal void Encode(int shards)
    {
        _deletionsSeen = _router.Deletions;
        var writer = new PayloadWriter(_buffer);
        writer.Byte(Version);
        int parts = (Vectors.Count > 0 ? HasVectors : 0) | (Deleted.Length > 0 ? HasDeleted : 0) | (Answer.Key is not null ? HasKey : 0);
        writer.Byte((byte)(parts | (Positions.Count > 0 ? HasPositions : 0)));
        writer.Signed(ReceivedMs);
        writer.Text(Tenant);
        WriteNames(ref writer);
        WriteRows(ref writer);
        if (Vectors.Count > 0) WriteVectors(ref writer);
        if (Deleted.Length > 0)
        {
            writer.Varint((ulong)Deleted.Length);
            foreach (int id in Deleted) writer.Varint((ulong)id);
        }

        if (Answer.Key is { } key)
        {
            writer.Text(key);
            writer.Varint((ulong)Answer.Accepted);
            writer.Varint((ulong)Answer.Rejected);
        }

        if (Positions.Count > 0) WritePositions(ref writer);

        writer.Reserve(LogRecord.Alignment);
        (_buffer, PayloadLength) = (writer.Buffer, writer.Length);
        _payloadCrc = LogRecord.Crc32C(_buffer.AsSpan(LogRecord.HeaderSize, PayloadLength));
        Arrange(shards);
    }

    /// <summary>On the log's thread, before the record gets its place: if series were deleted since it was encoded, their samples begin new ones.</summary>
    internal void Renew()
    {
        if (_deletionsSeen == _router.Deletions) return;
        for (int i = 0; i < Count; i++) Series[i] = Alive(Series[i]);
        for (int i = 0; i < Vectors.Count; i++)
        {
            VectorRow row = Vectors[i];
            Vectors[i] = row with { Vector = Alive(row.Vector), Dimensions = Array.ConvertAll(row.Dimensions, Alive) };
        }

        Encode(_starts.Length - 1);
    }

    private T Alive<T>(T watched)
        where T : Watched
    {
        if (!watched.Deleted) return watched;
        SeriesKey[] dimensions = watched is VectorState vector ? [.. vector.Dimensions] : [];
        return (T)_router.Register(_router.Create(0, watched.Key, watched.Kind, dimensions));
    }

    /// <summary>The record as it goes to disk.</summary>
    internal ReadOnlyMemory<byte> Frame(long segment)
    {
        int size = LogRecord.SizeOf(PayloadLength);
        LogRecord.Frame(_buffer.AsSpan(0, size), PayloadLength, _payloadCrc, segment, Sequence);
        return _buffer.AsMemory(0, size);
    }

    /// <summary>Takes up a record's payload.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a record.</exception>
    internal void Decode(ReadOnlySpan<byte> payload, int shards)
    {
        var reader = new PayloadReader(payload);
        if (reader.Byte() != Version) throw new InvalidDataException("A batch of an unknown version.");
        byte flags = reader.Byte();
        ReceivedMs = reader.Signed();
        string tenant = reader.Text();
        Tenant = tenant == SeriesKey.DefaultTenant ? SeriesKey.DefaultTenant : tenant;
        ReadNames(ref reader);
        ReadRows(ref reader);
        if ((flags & HasVectors) != 0) ReadVectors(ref reader);
        if ((flags & HasDeleted) != 0)
        {
            Deleted = new int[reader.Count(1)];
            foreach (ref int id in Deleted.AsSpan()) id = reader.Id();
        }

        if ((flags & HasKey) != 0) Answer = (reader.Text(), (int)reader.Varint(), (int)reader.Varint());
        if ((flags & HasPositions) != 0) Positions = ReadPositions(ref reader);
        PayloadLength = payload.Length;
        Arrange(shards);
    }

    /// <summary>The rows of a shard, in their order.</summary>
    internal ReadOnlySpan<int> RowsOf(int shard) => _order.AsSpan(_starts[shard], _starts[shard + 1] - _starts[shard]);

    /// <summary>True if the shard has anything to do with it.</summary>
    internal bool Concerns(int shard)
    {
        if (_starts[shard + 1] > _starts[shard]) return true;
        foreach (VectorRow row in Vectors)
        {
            if (row.Vector.Owner == shard) return true;
        }

        foreach (Watched gone in Gone)
        {
            if (gone.Owner == shard) return true;
        }

        return false;
    }

    /// <summary>After the sync: the series that the record names are named.</summary>
    internal void NamesLogged()
    {
        foreach (Watched watched in _unlogged) watched.Logged = true;
        _unlogged.Clear();
    }

    private void WriteNames(ref PayloadWriter writer)
    {
        _unlogged.Clear();
        foreach (SeriesState series in Series.AsSpan(0, Count))
        {
            if (!series.Logged) _unlogged.Add(series);
        }

        foreach (VectorRow row in Vectors)
        {
            foreach (SeriesState series in row.Dimensions)
            {
                if (!series.Logged) _unlogged.Add(series);
            }
        }

        foreach (VectorRow row in Vectors)
        {
            if (!row.Vector.Logged) _unlogged.Add(row.Vector);
        }

        writer.Varint((ulong)_unlogged.Count);
        foreach (Watched watched in _unlogged)
        {
            writer.Varint((ulong)watched.Id);
            writer.Byte((byte)watched.Kind);
            writer.Utf8(watched.Key.Utf8Text);
            if (watched is not VectorState vector) continue;
            writer.Varint((ulong)vector.Dimensions.Count);
            foreach (SeriesKey dimension in vector.Dimensions) writer.Utf8(dimension.Utf8Text);
        }
    }

    private void ReadNames(ref PayloadReader reader)
    {
        for (int left = reader.Count(3); left > 0; left--)
        {
            (int id, byte kind) = (reader.Id(), reader.Byte());
            if (!SeriesKey.TryParse(Tenant, reader.Utf8(), out SeriesKey key)) throw new InvalidDataException("A batch with a series key that cannot be read.");
            SeriesKey[] dimensions = kind == 0 ? [] : new SeriesKey[reader.Count(1)];
            foreach (ref SeriesKey dimension in dimensions.AsSpan())
            {
                if (!SeriesKey.TryParse(Tenant, reader.Utf8(), out dimension)) throw new InvalidDataException("A vector of a series that cannot be read.");
            }

            if (kind == 1 && dimensions.Length == 0) throw new InvalidDataException("A vector of nothing.");
            _router.Define(id, key, kind, dimensions);
        }
    }

    private void WritePositions(ref PayloadWriter writer)
    {
        writer.Varint((ulong)Positions.Count);
        foreach ((string place, string position) in Positions)
        {
            writer.Text(place);
            writer.Text(position);
        }
    }

    private static SourcePosition[] ReadPositions(ref PayloadReader reader)
    {
        var positions = new SourcePosition[reader.Count(2)];
        foreach (ref SourcePosition position in positions.AsSpan()) position = new(reader.Text(), reader.Text());
        return positions;
    }

    private void WriteRows(ref PayloadWriter writer)
    {
        writer.Varint((ulong)Count);
        long last = 0;
        Span<byte> into = writer.Reserve(checked(Count * 5));
        int at = 0;
        foreach (SeriesState series in Series.AsSpan(0, Count))
        {
            at += PayloadWriter.Varint(into[at..], PayloadWriter.Fold(series.Id - last));
            last = series.Id;
        }

        writer.Advance(at);
        last = ReceivedMs;
        into = writer.Reserve(checked(Count * 10));
        at = 0;
        foreach (long timeMs in TimesMs.AsSpan(0, Count))
        {
            at += PayloadWriter.Varint(into[at..], PayloadWriter.Fold(unchecked(timeMs - last)));
            last = timeMs;
        }

        writer.Advance(at);
        WriteValues(writer.Reserve(checked(Count * 8)));
        writer.Advance(Count * 8);
    }

    private void WriteValues(Span<byte> into)
    {
        ReadOnlySpan<double> values = Values.AsSpan(0, Count);
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(values).CopyTo(into);
        else for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(into[(i * 8)..], values[i]);
    }

    private void ReadRows(ref PayloadReader reader)
    {
        int count = reader.Count(10);
        if (Series.Length < count) Grow(count);
        long id = 0;
        ReadOnlySpan<Watched?> all = _router.Numbered;
        for (int i = 0; i < count; i++)
        {
            id += reader.Signed();
            Series[i] = ((ulong)id < (ulong)all.Length ? all[(int)id] as SeriesState : null) ?? (_router.ById(id) as SeriesState)!;
        }

        long timeMs = ReceivedMs;
        for (int i = 0; i < count; i++) TimesMs[i] = timeMs = unchecked(timeMs + reader.Signed());
        ReadOnlySpan<byte> values = reader.Take(count * 8);
        for (int i = 0; i < count; i++) Values[i] = BinaryPrimitives.ReadDoubleLittleEndian(values[(i * 8)..]);
        Count = count;
        DropOrphans();
    }

    private void DropOrphans()
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (Series[i] is null) continue;
            (Series[kept], TimesMs[kept], Values[kept]) = (Series[i], TimesMs[i], Values[i]);
            kept++;
        }

        (Orphans, Count) = (Count - kept, kept);
    }

    private void WriteVectors(ref PayloadWriter writer)
    {
        writer.Varint((ulong)Vectors.Count);
        foreach (VectorRow row in Vectors)
        {
            writer.Varint((ulong)row.Vector.Id);
            writer.Signed(row.TimeMs);
            writer.Varint((ulong)row.Values.Length);
            foreach (SeriesState dimension in row.Dimensions) writer.Varint((ulong)dimension.Id);
            foreach (double value in row.Values) writer.Double(value);
        }
    }

    private void ReadVectors(ref PayloadReader reader)
    {
        for (int left = reader.Count(12); left > 0; left--)
        {
            var vector = _router.ById(reader.Id()) as VectorState;
            long timeMs = reader.Signed();
            int count = reader.Count(9);
            var dimensions = new SeriesState?[count];
            double[] values = new double[count];
            for (int i = 0; i < count; i++) dimensions[i] = _router.ById(reader.Id()) as SeriesState;
            for (int i = 0; i < count; i++) values[i] = reader.Double();
            if (vector is not null && Array.TrueForAll(dimensions, dimension => dimension is not null)) Vectors.Add(new(vector, dimensions!, timeMs, values));
            else Orphans++;
        }
    }

    /// <summary>Sorts row numbers by owner; the order within an owner stays.</summary>
    private void Arrange(int shards)
    {
        if (_starts.Length != shards + 1) _starts = new int[shards + 1];
        if (_order.Length < Count) _order = new int[Series.Length];
        Span<int> next = shards < 64 ? stackalloc int[shards] : new int[shards];
        next.Clear();
        ReadOnlySpan<SeriesState> series = Series.AsSpan(0, Count);
        foreach (SeriesState one in series) next[one.Owner]++;
        int sum = 0;
        for (int i = 0; i < shards; i++)
        {
            _starts[i] = sum;
            (next[i], sum) = (sum, sum + next[i]);
        }

        _starts[shards] = sum;
        for (int i = 0; i < series.Length; i++) _order[next[series[i].Owner]++] = i;
    }
}
