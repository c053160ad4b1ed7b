using Microsoft.Extensions.Logging;
using Oddity.Engine.Intake;

namespace Oddity.Engine.Storage.Log;

/// <summary>
/// The log: files of a size given in advance, written by one thread. Whatever waits goes out in one write and one sync (group commit), and a batch's wait
/// ends only after that sync.
/// </summary>
/// <remarks>
/// The first failed sync or I/O error other than a full disk ends the writer (<see cref="Failure"/>): after it nothing is known to be on disk.
/// Files begin at 1 MiB and double up to 64 MiB, so that a small server keeps a small log.
/// </remarks>
internal sealed class SegmentLog : IDisposable
{
    private const long SmallestSegment = 1 << 20;
    private const long LargestSegment = 64 << 20;
    private const int MostPerWrite = 256;
    private const int MostFree = 2;

    private readonly string _folder;
    private readonly ILogger _log;
    private readonly EngineMeter _meter;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _writer;

    // Between the requests and the writer.
    private readonly object _gate = new();
    private List<Batch> _waiting = [];
    private bool _closed;
    private bool _opened;

    // Between the writer, the preparation of the next file, and checkpoints.
    private readonly Lock _files = new();
    private readonly List<(string Path, long Last)> _full = [];
    private readonly List<(long Size, string Path)> _free = [];
    private long _lastNumber;

    // The writer's own.
    private readonly List<ReadOnlyMemory<byte>> _group = [];
    private List<Batch> _taken = [];
    private int _done;
    private Segment? _current;
    private Task<Segment>? _next;
    private long _sequence;
    private long _bytes;
    private long _read;
    private long _toRead;

    public SegmentLog(string directory, EngineMeter meter, TimeProvider time, ILogger log)
    {
        (_folder, _meter, _time, _log) = (Path.Combine(directory, FolderName), meter, time, log);
        Directory.CreateDirectory(_folder);
        _writer = new(Run) { Name = "oddity-log", IsBackground = true };
    }

    /// <summary>Folder of the log inside the data directory.</summary>
    public const string FolderName = "log";

    /// <summary>Called on the writer's thread, in log order, for each batch that is on disk.</summary>
    public Action<Batch>? Synced { get; set; }

    /// <summary>Called on the writer's thread before a sync. For tests.</summary>
    public Action? BeforeSync { get; set; }

    /// <summary>Completes, failed, when writing is no longer possible.</summary>
    public Task Failure => _failure.Task;

    /// <summary>True since a write found the disk full and until one succeeds while there is room again.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Bytes that its files take on disk.</summary>
    public long DiskBytes => Segment.In(_folder).Sum(file => File.Exists(file.Path) ? new FileInfo(file.Path).Length : 0);

    /// <summary>Batches that the writer has not taken yet. For tests.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Sequence number of the last record.</summary>
    public long Last => Interlocked.Read(ref _sequence);

    /// <summary>Bytes ever appended by this process and those found at the start; the difference of two readings tells what came between.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Share of what was there at the start that <see cref="Read"/> has read, 0 to 1.</summary>
    public double ReadShare => Volatile.Read(ref _toRead) is > 0 and long all ? Math.Min(1, (double)Interlocked.Read(ref _read) / all) : 0;

    /// <summary>Reads what is there after a sequence number, oldest first. Once, before <see cref="Open"/>. Each payload is valid until the next is taken.</summary>
    public IEnumerable<(long Sequence, ReadOnlyMemory<byte> Payload)> Read(long after)
    {
        var reader = new SegmentReader(_folder, _log);
        List<(long Number, string Path)> files = Segment.In(_folder);
        _toRead = files.Sum(file => new FileInfo(file.Path).Length);
        long last = after, before = 0;
        foreach ((long number, string path) in files)
        {
            _lastNumber = number;
            long lastHere = 0;
            foreach ((long sequence, ReadOnlyMemory<byte> payload) in reader.Read(number, path))
            {
                lastHere = sequence;
                Interlocked.Add(ref _read, LogRecord.SizeOf(payload.Length));
                if (sequence <= last) continue;
                if (sequence > last + 1 && last > after) _log.LogError("The log misses {Count} records before number {Sequence}", sequence - last - 1, sequence);
                last = sequence;
                _bytes += LogRecord.SizeOf(payload.Length);
                yield return (sequence, payload);
            }

            before += new FileInfo(path).Length;
            Interlocked.Exchange(ref _read, before);
            lock (_files)
            {
                if (lastHere <= after) Free(path);
                else _full.Add((path, lastHere));
            }
        }

        _sequence = last;
        for (int i = 0; i < reader.Damaged; i++) _meter.Rejected("damaged_log");
    }

    /// <summary>Begins to take batches in; what was there stays as it is, and new records go to a file of their own.</summary>
    public void Open()
    {
        _opened = true;
        _writer.Start();
    }

    /// <summary>Puts a batch into the log; it completes the batch's <see cref="Batch.Logged"/>.</summary>
    public void Append(Batch batch)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _waiting.Add(batch);
                if (_waiting.Count == 1) Monitor.Pulse(_gate);
                return;
            }
        }

        batch.Fail(new ObjectDisposedException(nameof(SegmentLog)));
    }

    /// <summary>Lets go of records up to a sequence number: a checkpoint holds what they led to.</summary>
    public void Forget(long through)
    {
        lock (_files)
        {
            foreach ((string path, long last) in _full)
            {
                if (last <= through) Free(path);
            }

            _full.RemoveAll(file => file.Last <= through);
        }
    }

    /// <summary>Finishes what waits, then closes.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        if (_opened) _writer.Join();
        if (_next is not null) Prepared(_next)?.Dispose();
        _current?.Dispose();
    }

    private void Run()
    {
        try
        {
            while (Take())
            {
                while (_done < _taken.Count) Write();
            }
        }
        catch (Exception error)
        {
            _log.LogCritical(error, "Writing the log failed; nothing more is acknowledged");
            _failure.TrySetException(error);
            lock (_gate)
            {
                _closed = true;
                _taken.AddRange(_waiting);
                _waiting.Clear();
            }

            while (_done < _taken.Count) _taken[_done++].Fail(error);
        }
    }

    private bool Take()
    {
        _taken.Clear();
        _done = 0;
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed) return false;
                Monitor.Wait(_gate);
            }

            (_taken, _waiting) = (_waiting, _taken);
            return true;
        }
    }

    /// <summary>Writes as many of those taken as fit into the file and one write, and syncs them.</summary>
    private void Write()
    {
        int count = 0;
        try
        {
            _taken[_done].Renew();
            Segment segment = SegmentFor(LogRecord.SizeOf(_taken[_done].PayloadLength));
            long end = segment.End;
            _group.Clear();
            for (; _done + count < _taken.Count && count < MostPerWrite; count++)
            {
                Batch batch = _taken[_done + count];
                batch.Renew();

                // A record that deletes series is on disk, and they are gone, before one after it gets its place: it may name them.
                if (count > 0 && (batch.Deleted.Length > 0 || _taken[_done].Deleted.Length > 0)) break;
                int size = LogRecord.SizeOf(batch.PayloadLength);
                if (end + size > segment.Size) break;
                batch.Sequence = _sequence + count + 1;
                _group.Add(batch.Frame(segment.Number));
                end += size;
            }

            if (count == 1) segment.Write(_group[0], segment.End);
            else segment.Write(_group, segment.End);
            Sync(segment, count, end);
        }
        catch (IOException error) when (MeansFull(error))
        {
            IsFull = true;
            for (count = Math.Max(1, count); count > 0; count--) _taken[_done++].Fail(new DiskFullException(error));
        }
    }

    private void Sync(Segment segment, int count, long end)
    {
        BeforeSync?.Invoke();
        long begun = _time.GetTimestamp();
        segment.Sync();
        _meter.Synced(_time.GetElapsedTime(begun), end - segment.End);
        Interlocked.Add(ref _bytes, end - segment.End);
        Interlocked.Add(ref _sequence, count);
        (segment.End, segment.LastSequence) = (end, _sequence);
        if (IsFull) IsFull = !DiskRoom.In(_folder);
        for (; count > 0; count--)
        {
            Batch batch = _taken[_done++];
            Synced?.Invoke(batch);
            batch.Complete();
        }
    }

    /// <summary>The file that the next record goes to. The one after it is prepared while this one is filled.</summary>
    private Segment SegmentFor(int size)
    {
        if (_current is not null && _current.End + size <= _current.Size)
        {
            if (_next is null && _current.End > _current.Size / 2)
            {
                long larger = Math.Min(LargestSegment, _current.Size * 2);
                _next = Task.Run(() => Make(larger, SmallestSegment));
            }

            return _current;
        }

        Segment next = Next(size);
        if (_current is not null)
        {
            _current.Dispose();
            lock (_files) _full.Add((_current.Path, _current.LastSequence));
        }

        return _current = next;
    }

    private Segment Next(int size)
    {
        if (_next is { } prepared)
        {
            _next = null;
            if (Prepared(prepared) is { } segment)
            {
                if (segment.Size >= size) return segment;
                segment.Dispose();
                lock (_files) Free(segment.Path);
            }
        }

        return Make(Math.Max(SmallestSegment, (size + 4095) & -4096), size);
    }

    /// <summary>Null if there was no room then; perhaps there is now.</summary>
    private static Segment? Prepared(Task<Segment> next)
    {
        try
        {
            return next.GetAwaiter().GetResult();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>A file that is no longer needed, if one is large enough, or else a new one.</summary>
    private Segment Make(long size, long atLeast)
    {
        long number;
        string? used = null;
        lock (_files)
        {
            number = ++_lastNumber;
            int fit = _free.FindIndex(file => file.Size >= atLeast);
            if (fit >= 0)
            {
                used = _free[fit].Path;
                _free.RemoveAt(fit);
            }
        }

        return Segment.Create(_folder, number, size, used);
    }

    /// <summary>The file may be written over; of more than are useful the smallest go. Under <see cref="_files"/>.</summary>
    private void Free(string path)
    {
        _free.Add((new FileInfo(path).Length, path));
        _free.Sort((a, b) => b.Size.CompareTo(a.Size));
        for (; _free.Count > MostFree; _free.RemoveAt(MostFree)) File.Delete(_free[MostFree].Path);
    }

    /// <summary>ENOSPC, EDQUOT, and what Windows calls it.</summary>
    private static bool MeansFull(IOException error) => error.HResult is 28 or 122 or unchecked((int)0x80070070);
}
