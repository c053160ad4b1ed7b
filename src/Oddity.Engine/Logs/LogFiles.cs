using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Logs;

/// <summary>
/// The files that hold the lines: written like the log of samples, kept for a time and within a quota. What is in them is
/// both what was acknowledged and what searches read.
/// </summary>
internal sealed class LogFiles : IDisposable
{
    public const string FolderName = "logs";

    private const long SegmentBytes = 8 << 20;

    private readonly string _folder;
    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly GroupWriter<Waiting> _writer;

    // The writer's, under its lock.
    private bool _first = true;
    private long _lastStampMs;

    // Of the files, by the writer, retention and searches.
    private readonly Lock _files = new();
    private readonly List<LogFileInfo> _known = [];
    private long _lastNumber;
    private Segment? _current;

    public LogFiles(string dataDirectory, LogOptions options, TimeProvider time, ILogger log)
    {
        (_folder, _options, _time, _log) = (Path.Combine(dataDirectory, FolderName), options, time, log);
        Directory.CreateDirectory(_folder);
        _writer = new("lines", _folder, SegmentFor, time, log) { Taken = Stamp, Synced = OnDisk };
    }

    /// <summary>Called on the writer's thread, in order, for each block that is on disk.</summary>
    public Action<long, LogBlock>? Synced { get; set; }

    /// <summary>Completes, failed, when writing is no longer possible.</summary>
    public Task Failure => _writer.Failure;

    public string Folder => _folder;

    /// <summary>Bytes the files take.</summary>
    public long Bytes
    {
        get
        {
            lock (_files) return _known.Sum(file => file.Bytes);
        }
    }

    /// <summary>Reads what is there after a sequence number, oldest first, and learns of the files. Once, before <see cref="Open"/>.</summary>
    public IEnumerable<(long Sequence, LogBlock Block)> Read(long after)
    {
        var reader = new SegmentReader(_folder, _log);
        foreach ((long number, string path) in Segment.In(_folder))
        {
            _lastNumber = number;
            var info = new LogFileInfo(number, path) { Bytes = new FileInfo(path).Length };
            foreach ((long sequence, ReadOnlyMemory<byte> payload) in reader.Read(number, path))
            {
                _writer.Last = Math.Max(_writer.Last, sequence);
                if (Decoded(payload.Span, _ => sequence > after) is not { } block) continue;
                info.Add(sequence, block.StampMs, block.Accepted);
                _lastStampMs = Math.Max(_lastStampMs, block.StampMs);
                yield return (sequence, block);
            }

            lock (_files) _known.Add(info);
        }

        _writer.Last = Math.Max(_writer.Last, after);
    }

    public void Open() => _writer.Start();

    /// <summary>Puts a block on disk; the task completes after the sync.</summary>
    public Task AppendAsync(LogBlock block)
    {
        (byte[] buffer, int length) = block.Encode();
        var waiting = new Waiting(block, buffer, length);
        _writer.Append(waiting);
        return waiting.Done;
    }

    /// <summary>A time of arrival that no block that is still to come will be before; null while some are under way.</summary>
    public long? QuietUntilMs() => _writer.WhileIdle(StampMs);

    /// <summary>The files, the newest first.</summary>
    public List<LogFileInfo> Newest()
    {
        lock (_files) return [.. _known.AsEnumerable().Reverse()];
    }

    /// <summary>The blocks of a file that one tenant has, in order of arrival; what is damaged is passed over.</summary>
    public List<LogBlock> ReadFile(LogFileInfo file, string tenant)
    {
        var blocks = new List<LogBlock>();
        if (!File.Exists(file.Path)) return blocks;
        foreach ((long _, ReadOnlyMemory<byte> payload) in new SegmentReader(_folder, _log).Read(file.Number, file.Path))
        {
            if (Decoded(payload.Span, owner => owner == tenant) is { Lines.Length: > 0 } block) blocks.Add(block);
        }

        return blocks;
    }

    /// <summary>Deletes what is too old, and the oldest beyond the quota, as far as it was counted.</summary>
    /// <returns>Lines that went before their time.</returns>
    public long Retain(long countedThrough)
    {
        long before = _time.GetUtcNow().ToUnixTimeMilliseconds() - (long)_options.Retention.TotalMilliseconds, dropped = 0;
        lock (_files)
        {
            long bytes = _known.Sum(file => file.Bytes);
            while (_known.Count > 0 && _known[0] is var oldest && oldest.Path != _current?.Path && oldest.LastSequence <= countedThrough)
            {
                bool old = oldest.LastStampMs < before;
                if (!old && bytes <= _options.MaxBytes) break;
                if (!old) dropped += oldest.Lines;
                bytes -= oldest.Bytes;
                File.Delete(oldest.Path);
                _known.RemoveAt(0);
            }
        }

        return dropped;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _current?.Dispose();
    }

    private LogBlock? Decoded(ReadOnlySpan<byte> payload, Func<string, bool> wanted)
    {
        try
        {
            return LogBlock.Decode(payload, wanted);
        }
        catch (InvalidDataException error)
        {
            _log.LogError(error, "A block of log lines is damaged and passed over");
            return null;
        }
    }

    private void Stamp(Waiting waiting)
    {
        waiting.Block = waiting.Block.At(StampMs(), _first);
        _first = false;
    }

    private void OnDisk(Waiting waiting)
    {
        lock (_files) _known[^1].Add(waiting.Sequence, waiting.Block.StampMs, waiting.Block.Accepted);
        Synced?.Invoke(waiting.Sequence, waiting.Block);
    }

    /// <summary>The clock, which never goes back. Under the lock of the writer.</summary>
    private long StampMs() => _lastStampMs = Math.Max(_lastStampMs, _time.GetUtcNow().ToUnixTimeMilliseconds());

    private Segment SegmentFor(int size)
    {
        if (_current is not null && _current.End + size <= _current.Size) return _current;
        _current?.Dispose();
        _current = null;
        long bytes = Math.Max(SegmentBytes, (size + 4_095L) & -4_096L);
        Segment next = Segment.Create(_folder, ++_lastNumber, bytes, null);
        lock (_files) _known.Add(new(next.Number, next.Path) { Bytes = bytes });
        return _current = next;
    }

    private sealed class Waiting(LogBlock block, byte[] buffer, int length) : ILogEntry
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LogBlock Block { get; set; } = block;

        public int PayloadLength => length;

        public long Sequence { get; private set; }

        public Task Done => _done.Task;

        public bool StandsAlone => false;

        public void Renew()
        {
        }

        public ReadOnlyMemory<byte> Frame(long segment, long sequence)
        {
            Sequence = sequence;
            Span<byte> payload = buffer.AsSpan(LogRecord.HeaderSize, length);
            BinaryPrimitives.WriteInt64LittleEndian(payload, Block.StampMs);
            payload[LogBlock.FirstAt] = Block.First ? (byte)1 : (byte)0;
            LogRecord.Frame(buffer, length, LogRecord.Crc32C(payload), segment, sequence);
            return buffer.AsMemory(0, LogRecord.SizeOf(length));
        }

        public void Complete()
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _done.TrySetResult();
        }

        public void Fail(Exception error)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _done.TrySetException(error);
        }
    }
}
