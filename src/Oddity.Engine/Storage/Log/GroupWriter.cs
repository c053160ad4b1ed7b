using Microsoft.Extensions.Logging;

namespace Oddity.Engine.Storage.Log;

/// <summary>
/// One thread that writes records to segments: whatever waits goes out in one write and one sync (group commit), and an entry's wait ends only after that sync.
/// The first failed sync or I/O error other than a full disk ends it (<see cref="Failure"/>): after it nothing is known to be on disk.
/// </summary>
/// <param name="name">What it writes, for the log of the program and the name of the thread.</param>
/// <param name="folder">Where the files are.</param>
/// <param name="segmentFor">The file that a record of a size goes to. On the writer's thread.</param>
/// <param name="time">Measures syncs.</param>
/// <param name="log">Hears why it ended.</param>
internal sealed class GroupWriter<T>(string name, string folder, Func<int, Segment> segmentFor, TimeProvider time, ILogger log) : IDisposable
    where T : class, ILogEntry
{
    private const int MostPerWrite = 256;

    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Between those who wait and the writer.
    private readonly object _gate = new();
    private List<T> _waiting = [];
    private bool _closed;
    private bool _writing;
    private Thread? _thread;

    // The writer's own.
    private readonly List<ReadOnlyMemory<byte>> _group = [];
    private List<T> _taken = [];
    private int _done;
    private long _last;

    /// <summary>Called when the writer takes an entry, under the lock that <see cref="WhileIdle"/> holds.</summary>
    public Action<T>? Taken { get; init; }

    /// <summary>Called on the writer's thread, in order, for each entry that is on disk, before its wait ends.</summary>
    public Action<T>? Synced { get; set; }

    /// <summary>Called on the writer's thread before a sync. For tests.</summary>
    public Action? BeforeSync { get; set; }

    /// <summary>Told of each sync: how long it took, how many bytes were written.</summary>
    public Action<TimeSpan, long>? Measured { get; init; }

    /// <summary>Completes, failed, when writing is no longer possible.</summary>
    public Task Failure => _failure.Task;

    /// <summary>True since a write found the disk full and until one succeeds while there is room again.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Sequence number of the last record on disk.</summary>
    public long Last
    {
        get => Interlocked.Read(ref _last);
        set => Interlocked.Exchange(ref _last, value);
    }

    /// <summary>Entries that the writer has not taken yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Begins; the next record follows <see cref="Last"/>.</summary>
    public void Start()
    {
        _thread = new(Run) { Name = $"oddity-{name}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Puts an entry on disk; the writer completes or fails it.</summary>
    public void Append(T entry)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _waiting.Add(entry);
                if (_waiting.Count == 1) Monitor.Pulse(_gate);
                return;
            }
        }

        entry.Fail(new ObjectDisposedException(name));
    }

    /// <summary>What a function says at a moment when nothing waits and nothing is being written; null if something is.</summary>
    public long? WhileIdle(Func<long> say)
    {
        lock (_gate) return _waiting.Count > 0 || _writing ? null : say();
    }

    /// <summary>Finishes what waits, then ends.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        _thread?.Join();
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
            log.LogCritical(error, "Writing the {Name} failed; nothing more is acknowledged", name);
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
            _writing = false;
            while (_waiting.Count == 0)
            {
                if (_closed) return false;
                Monitor.Wait(_gate);
            }

            _writing = true;
            (_taken, _waiting) = (_waiting, _taken);
            if (Taken is { } taken) _taken.ForEach(taken);
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
            Segment segment = segmentFor(LogRecord.SizeOf(_taken[_done].PayloadLength));
            long end = segment.End;
            _group.Clear();
            for (; _done + count < _taken.Count && count < MostPerWrite; count++)
            {
                T entry = _taken[_done + count];
                entry.Renew();
                if (count > 0 && (entry.StandsAlone || _taken[_done].StandsAlone)) break;
                int size = LogRecord.SizeOf(entry.PayloadLength);
                if (end + size > segment.Size) break;
                _group.Add(entry.Frame(segment.Number, _last + count + 1));
                end += size;
            }

            if (count == 1) segment.Write(_group[0], segment.End);
            else segment.Write(_group, segment.End);
            Sync(segment, count, end);
        }
        catch (IOException error) when (DiskFullException.IsMeantBy(error))
        {
            IsFull = true;
            for (count = Math.Max(1, count); count > 0; count--) _taken[_done++].Fail(new DiskFullException(error));
        }
    }

    private void Sync(Segment segment, int count, long end)
    {
        BeforeSync?.Invoke();
        long begun = time.GetTimestamp();
        segment.Sync();
        Measured?.Invoke(time.GetElapsedTime(begun), end - segment.End);
        Interlocked.Add(ref _last, count);
        (segment.End, segment.LastSequence) = (end, _last);
        if (IsFull) IsFull = !DiskRoom.In(folder);
        for (; count > 0; count--)
        {
            T entry = _taken[_done++];
            Synced?.Invoke(entry);
            entry.Complete();
        }
    }
}
