using System.Buffers;
using System.Threading.Tasks.Sources;
using Oddity.Engine.Series;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Intake;

/// <summary>
/// What one request brought and the intake let in: the unit of the log and of acknowledgement. Samples stand in columns, flat and borrowed, and the same
/// object goes from the source through the log to the shards, live and after a restart.
/// </summary>
/// <remarks>
/// A source selects a series by the bytes that its protocol names it by, and adds samples to it; <see cref="Pipeline.CommitAsync"/> or
/// <see cref="Dispose"/> ends the source's use. Not thread-safe until then; afterwards the requester and each shard hold it, and the last one gives it back.
/// </remarks>
public sealed partial class Batch : IDisposable, IValueTaskSource, ILogEntry
{
    /// <summary>The value, by its bits, with which a sender of remote write says that a series has ended.</summary>
    public const ulong StaleMarker = 0x7ff0000000000002;

    private const int MostErrors = 10;

    private ManualResetValueTaskSourceCore<bool> _logged = new() { RunContinuationsAsynchronously = true };
    private readonly List<IngestError> _errors = [];
    private BatchPool _pool = null!;
    private Router _router = null!;
    private WireNames? _names;
    private SeriesState? _selected;
    private long _oldestMs;
    private long _newestMs;
    private int _holders;
    private int _parts;

    internal Batch()
    {
    }

    public string Tenant { get; private set; } = "";

    /// <summary>Samples so far that may enter.</summary>
    public int Count { get; private set; }

    /// <summary>Records that may not enter, so far.</summary>
    public int Rejected { get; internal set; }

    /// <summary>Records begun so far, good or bad; where a source adds single samples, each is one.</summary>
    public int RecordCount { get; internal set; }

    /// <summary>The first ten reasons, in the order of the records.</summary>
    public IReadOnlyList<IngestError> Errors => _errors;

    internal IngestOptions Options { get; private set; } = IngestOptions.Live;

    /// <summary>Wall clock at arrival, Unix milliseconds; a label, and the measure of how late an alert is.</summary>
    internal long ReceivedMs { get; set; }

    /// <summary>Given by the log.</summary>
    internal long Sequence { get; set; }

    internal SeriesState[] Series { get; private set; } = [];

    internal long[] TimesMs { get; private set; } = [];

    internal double[] Values { get; private set; } = [];

    internal List<VectorRow> Vectors { get; } = [];

    /// <summary>The limit that something of the batch would exceed; null for none.</summary>
    internal string? LimitHit { get; set; }

    /// <summary>Bytes in memory; what the bound on waiting batches counts.</summary>
    internal int Size { get; set; }

    /// <summary>Makes the series that a protocol names by these bytes the one that is added to; false if they are not known (then <see cref="Begin"/>).</summary>
    public bool Select(ReadOnlySpan<byte> wireName)
    {
        if (_names!.Find(wireName, ref _place) is not { } known) return false;
        _selected = known;
        return true;
    }

    /// <summary>
    /// Makes the series that mostly comes next the one that is added to, if <paramref name="bytes"/> begin with its name: without having to look where the
    /// name ends.
    /// </summary>
    /// <param name="bytes">The name and what follows it.</param>
    /// <param name="part">A byte that, right after the name, would mean that it goes on.</param>
    /// <returns>Length of the name; 0 if it is another series (then <see cref="Select"/>).</returns>
    public int SelectNext(ReadOnlySpan<byte> bytes, byte part)
    {
        int length = _names!.FindNext(bytes, part, ref _place, out SeriesState? series);
        if (length > 0) _selected = series;
        return length;
    }

    /// <summary>Makes a series that <see cref="Select"/> does not know the one that is added to.</summary>
    /// <returns>Why its name may not enter; null if it may.</returns>
    public IngestError? Begin(ReadOnlySpan<byte> wireName, SeriesKey key)
    {
        SeriesState? series = _router.Find(key) ?? _new.GetValueOrDefault(key);
        if (series is null)
        {
            if (Names.Mistake(key) is { } mistake) return new(RecordCount, mistake.Code, mistake.Detail);
            series = NewSeries(key);
        }

        // Past a limit the whole request is refused, so that it does not matter where its samples go.
        _selected = series;
        if (series is not null) Remember(wireName, series);
        return null;
    }

    /// <summary>Adds a sample of the selected series as a record of its own, unless its value or its time may not enter.</summary>
    /// <param name="timeMs">Event time, Unix milliseconds.</param>
    /// <param name="value">A finite number, or <see cref="StaleMarker"/>.</param>
    public void Add(long timeMs, double value)
    {
        int record = RecordCount++;
        if (timeMs < _oldestMs || timeMs > _newestMs || !Fits(value)) Reject(new(record, Mistake(timeMs, value).Code, Mistake(timeMs, value).Detail));
        else if (_selected is not null) Put(_selected, timeMs, value);
    }

    /// <summary>Counts records that may not enter, all for the one reason.</summary>
    public void Reject(string code, string detail, int records = 1)
    {
        for (; records > 0; records--) Reject(new(RecordCount++, code, detail));
    }

    /// <summary>The source has nothing more to do with it.</summary>
    public void Dispose() => Release();

    internal void Start(BatchPool pool, Router router, string tenant, IngestOptions options, long nowMs, long oldestMs, long newestMs)
    {
        (_pool, _router, Tenant, Options, ReceivedMs, Positions) = (pool, router, tenant, options, nowMs, options.Positions);
        (_oldestMs, _newestMs, _holders) = (oldestMs, newestMs, 1);
    }

    /// <summary>The names by which <see cref="Select"/> and <see cref="Begin"/> know series.</summary>
    internal Batch By(WireNames names)
    {
        (_names, _place) = (names, -1);
        return this;
    }

    /// <summary>Why a sample may not enter; empty if it may.</summary>
    internal (string Code, string Detail) Mistake(long? timeMs, double value)
    {
        if (!Fits(value)) return ("not_finite", "The value is not a finite number.");
        if (timeMs < _oldestMs) return ("too_old", "The time is older than the retention; add ?backfill=true to store it anyway.");
        if (timeMs > _newestMs) return ("too_new", "The time is too far ahead of the server's clock; add ?backfill=true to store it anyway.");
        return ("", "");
    }

    internal void Reject(IngestError error)
    {
        Rejected++;
        _pool.Meter.Rejected(error.Code);
        if (_errors.Count < MostErrors) _errors.Add(error);
    }

    internal void Put(SeriesState series, long timeMs, double value)
    {
        if (Count == Series.Length) Grow(Math.Max(256, Count * 2));
        int at = Count++;
        Series[at] = series;
        TimesMs[at] = timeMs;
        Values[at] = value;
    }

    /// <summary>Completes when the batch is on disk; fails when it will not be.</summary>
    internal ValueTask Logged => new(this, _logged.Version);

    internal void Fail(Exception error) => _logged.SetException(error);

    int ILogEntry.PayloadLength => PayloadLength;

    // A record that deletes series is on disk, and they are gone, before one after it gets its place: that may name them.
    bool ILogEntry.StandsAlone => Deleted.Length > 0;

    void ILogEntry.Renew() => Renew();

    ReadOnlyMemory<byte> ILogEntry.Frame(long segment, long sequence)
    {
        Sequence = sequence;
        return Frame(segment);
    }

    void ILogEntry.Complete() => _logged.SetResult(true);

    void ILogEntry.Fail(Exception error) => Fail(error);

    /// <summary>The shards hold it too, until the last of so many parts is applied.</summary>
    internal void Spread(int parts)
    {
        Volatile.Write(ref _parts, parts);
        Interlocked.Increment(ref _holders);
    }

    internal bool IsLastPart() => Interlocked.Decrement(ref _parts) == 0;

    /// <summary>One holds it no more; the last gives it back.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0) _pool.Return(this);
    }

    internal void Clear()
    {
        _logged.Reset();
        _errors.Clear();
        Vectors.Clear();
        ForgetNew();
        (_names, _selected, LimitHit) = (null, null, null);
        (Count, Rejected, RecordCount, Size, PayloadLength, Sequence) = (0, 0, 0, 0, 0, 0);
        (Deleted, Gone, Answer, Orphans, Positions) = ([], [], default, 0, []);
    }

    internal void Shrink()
    {
        (Series, TimesMs, Values, _order) = ([], [], [], []);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    void IValueTaskSource.GetResult(short token) => _logged.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _logged.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _logged.OnCompleted(continuation, state, token, flags);

    private static bool Fits(double value) => double.IsFinite(value) || BitConverter.DoubleToUInt64Bits(value) == StaleMarker;

    private void Grow(int size)
    {
        SeriesState[] series = Series;
        (long[] times, double[] values) = (TimesMs, Values);
        Array.Resize(ref series, size);
        Array.Resize(ref times, size);
        Array.Resize(ref values, size);
        (Series, TimesMs, Values) = (series, times, values);
    }

    /// <summary>Values measured together.</summary>
    internal readonly record struct VectorRow(VectorState Vector, SeriesState[] Dimensions, long TimeMs, double[] Values);
}
