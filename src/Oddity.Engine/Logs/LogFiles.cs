using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Storage;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Logs;

/// <summary>
/// The files that hold the lines: written by one thread, many requests a sync, like the log of samples; kept for a time and within a quota. What is in them is
/// both what was acknowledged and what searches read.
/// </summary>
internal sealed class LogFiles : IDisposable
{
    public const string FolderName = "logs";

    private const long SegmentBytes = 8 << 20;
    private const int MostPerWrite = 128;

    private readonly string _folder;
    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Thread _writer;
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Between the requests and the writer.
    private readonly object _gate = new();
    private readonly List<Waiting> _waiting = [];
    private bool _closed;
    private bool _writing;
    private bool _first = true;
    private long _lastStampMs;

    // Of the files, by the writer, retention and searches.
    private readonly Lock _files = new();
    private readonly List<LogFileInfo> _known = [];
    private long _lastNumber;
    private Segment? _current;
    private long _sequence;

    public LogFiles(string dataDirectory, LogOptions options, TimeProvider time, ILogger log)
    {
        (_folder, _options, _time, _log) = (Path.Combine(dataDirectory, FolderName), options, time, log);
        Directory.CreateDirectory(_folder);
        _writer = new(Run) { Name = "oddity-lines", IsBackground = true };
    }

    /// <summary>Called on the writer's thread, in order, for each block that is on disk.</summary>
    public Action<long, LogBlock>? Synced { get; set; }

    /// <summary>Completes, failed, when writing is no longer possible.</summary>
    public Task Failure => _failure.Task;

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
                _sequence = Math.Max(_sequence, sequence);
                if (Decoded(payload.Span, _ => sequence > after) is not { } block) continue;
                info.Add(sequence, block.StampMs, block.Accepted);
                _lastStampMs = Math.Max(_lastStampMs, block.StampMs);
                yield return (sequence, block);
            }

            lock (_files) _known.Add(info);
        }

        _sequence = Math.Max(_sequence, after);
    }

    public void Open() => _writer.Start();

    /// <summary>Puts a block on disk; the task completes after the sync.</summary>
    public Task AppendAsync(LogBlock block)
    {
        (byte[] buffer, int length) = block.Encode();
        var waiting = new Waiting(block, buffer, length);
        lock (_gate)
        {
            if (_closed) waiting.Done.SetException(new ObjectDisposedException(nameof(LogFiles)));
            else _waiting.Add(waiting);
            Monitor.Pulse(_gate);
        }

        return waiting.Done.Task;
    }

    /// <summary>A time of arrival that no block that is still to come will be before; null while some are under way.</summary>
    public long? QuietUntilMs()
    {
        lock (_gate) return _waiting.Count > 0 || _writing ? null : StampMs();
    }

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
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        if ((_writer.ThreadState & ThreadState.Unstarted) == 0) _writer.Join();
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

    private void Run()
    {
        List<Waiting> taken = [];
        try
        {
            while (Take(ref taken)) Write(taken);
        }
        catch (Exception error)
        {
            _log.LogCritical(error, "Writing log lines failed; nothing more is acknowledged");
            _failure.TrySetException(error);
            lock (_gate)
            {
                _closed = true;
                taken.AddRange(_waiting);
                _waiting.Clear();
            }

            foreach (Waiting waiting in taken) waiting.Done.TrySetException(error);
        }
    }

    private bool Take(ref List<Waiting> taken)
    {
        taken.Clear();
        lock (_gate)
        {
            _writing = false;
            while (_waiting.Count == 0)
            {
                if (_closed) return false;
                Monitor.Wait(_gate);
            }

            _writing = true;
            int count = Math.Min(MostPerWrite, _waiting.Count);
            taken.AddRange(_waiting.GetRange(0, count));
            _waiting.RemoveRange(0, count);
            foreach (Waiting waiting in taken)
            {
                waiting.Block = waiting.Block.At(StampMs(), _first);
                _first = false;
            }

            return true;
        }
    }

    /// <summary>The clock, which never goes back. Under <see cref="_gate"/>.</summary>
    private long StampMs() => _lastStampMs = Math.Max(_lastStampMs, _time.GetUtcNow().ToUnixTimeMilliseconds());

    private void Write(List<Waiting> taken)
    {
        int done = 0;
        while (done < taken.Count)
        {
            int count = 0;
            try
            {
                Segment segment = SegmentFor(LogRecord.SizeOf(taken[done].Length));
                long end = segment.End;
                var group = new List<ReadOnlyMemory<byte>>();
                for (; done + count < taken.Count && end + LogRecord.SizeOf(taken[done + count].Length) <= segment.Size; count++)
                {
                    group.Add(taken[done + count].Frame(segment.Number, _sequence + count + 1));
                    end += LogRecord.SizeOf(taken[done + count].Length);
                }

                segment.Write(group, segment.End);
                segment.Sync();
                segment.End = end;
            }
            catch (IOException error) when (error.HResult is 28 or 122 or unchecked((int)0x80070070))
            {
                for (count = Math.Max(1, count); count > 0; count--) taken[done++].Done.TrySetException(new DiskFullException(error));
                continue;
            }

            for (; count > 0; count--)
            {
                Waiting waiting = taken[done++];
                lock (_files) _known[^1].Add(++_sequence, waiting.Block.StampMs, waiting.Block.Accepted);
                ArrayPool<byte>.Shared.Return(waiting.Buffer);
                Synced?.Invoke(_sequence, waiting.Block);
                waiting.Done.TrySetResult();
            }
        }
    }

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

    private sealed class Waiting(LogBlock block, byte[] buffer, int length)
    {
        public LogBlock Block { get; set; } = block;

        public byte[] Buffer { get; } = buffer;

        public int Length { get; } = length;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ReadOnlyMemory<byte> Frame(long segment, long sequence)
        {
            Span<byte> payload = Buffer.AsSpan(LogRecord.HeaderSize, Length);
            BinaryPrimitives.WriteInt64LittleEndian(payload, Block.StampMs);
            payload[LogBlock.FirstAt] = Block.First ? (byte)1 : (byte)0;
            LogRecord.Frame(Buffer, Length, LogRecord.Crc32C(payload), segment, sequence);
            return Buffer.AsMemory(0, LogRecord.SizeOf(Length));
        }
    }
}
