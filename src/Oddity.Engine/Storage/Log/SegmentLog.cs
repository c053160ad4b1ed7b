using Microsoft.Extensions.Logging;
using Oddity.Engine.Intake;

namespace Oddity.Engine.Storage.Log;

/// <summary>
/// The log: files of a size given in advance, written by a <see cref="GroupWriter{T}"/>. Files begin at 1 MiB and double up to 64 MiB, so that a small server
/// keeps a small log; the next one is prepared while one is filled, and one that is no longer needed becomes the next.
/// </summary>
internal sealed class SegmentLog : IDisposable
{
    private const long SmallestSegment = 1 << 20;
    private const long LargestSegment = 64 << 20;
    private const int MostFree = 2;

    private readonly string _folder;
    private readonly ILogger _log;
    private readonly EngineMeter _meter;
    private readonly GroupWriter<Batch> _writer;

    // Between the writer, the preparation of the next file, and checkpoints.
    private readonly Lock _files = new();
    private readonly List<(string Path, long Last)> _full = [];
    private readonly List<(long Size, string Path)> _free = [];
    private long _lastNumber;

    // The writer's own.
    private Segment? _current;
    private Task<Segment>? _next;
    private long _bytes;
    private long _read;
    private long _toRead;

    public SegmentLog(string directory, EngineMeter meter, TimeProvider time, ILogger log)
    {
        (_folder, _meter, _log) = (Path.Combine(directory, FolderName), meter, log);
        Directory.CreateDirectory(_folder);
        _writer = new("log", _folder, SegmentFor, time, log)
        {
            Measured = (took, bytes) =>
            {
                meter.Synced(took, bytes);
                Interlocked.Add(ref _bytes, bytes);
            },
        };
    }

    /// <summary>Folder of the log inside the data directory.</summary>
    public const string FolderName = "log";

    /// <inheritdoc cref="GroupWriter{T}.Synced"/>
    public Action<Batch>? Synced
    {
        set => _writer.Synced = value;
    }

    /// <inheritdoc cref="GroupWriter{T}.BeforeSync"/>
    public Action? BeforeSync
    {
        set => _writer.BeforeSync = value;
    }

    /// <inheritdoc cref="GroupWriter{T}.Failure"/>
    public Task Failure => _writer.Failure;

    /// <inheritdoc cref="GroupWriter{T}.IsFull"/>
    public bool IsFull => _writer.IsFull;

    /// <summary>Bytes that its files take on disk.</summary>
    public long DiskBytes => Segment.In(_folder).Sum(file => File.Exists(file.Path) ? new FileInfo(file.Path).Length : 0);

    /// <inheritdoc cref="GroupWriter{T}.Waiting"/>
    public int Waiting => _writer.Waiting;

    /// <inheritdoc cref="GroupWriter{T}.Last"/>
    public long Last => _writer.Last;

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

        _writer.Last = last;
        for (int i = 0; i < reader.Damaged; i++) _meter.Rejected("damaged_log");
    }

    /// <summary>Begins to take batches in; what was there stays as it is, and new records go to a file of their own.</summary>
    public void Open() => _writer.Start();

    /// <summary>Puts a batch into the log; it completes the batch's <see cref="Batch.Logged"/>.</summary>
    public void Append(Batch batch) => _writer.Append(batch);

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
        _writer.Dispose();
        if (_next is not null) Prepared(_next)?.Dispose();
        _current?.Dispose();
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
}
