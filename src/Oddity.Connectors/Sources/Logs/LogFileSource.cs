using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Logs;
using Oddity.Engine.Storage;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>
/// Follows files of lines: what is appended is read, a file that was rotated is read to its end before the new one, one that was cut is read from its start.
/// How far it is is written down after lines are stored, so that a restart goes on there; a crash in between can bring the last lines twice.
/// </summary>
public sealed class LogFileSource : ISource
{
    private const int MostBytes = 1 << 20;
    private const int FingerprintBytes = 512;
    private const string PositionsName = "tail.json";

    private readonly LogFileOptions _options;
    private readonly LogSink _sink;
    private readonly TimeProvider _time;
    private readonly SourceHealth _health;
    private readonly Dictionary<string, Position> _positions = new(StringComparer.Ordinal);
    private readonly byte[] _buffer = new byte[MostBytes];

    /// <param name="options">Which files, whose the lines are.</param>
    /// <param name="sink">Stores them.</param>
    /// <param name="time">How often it looks.</param>
    /// <param name="logger">Hears when it fails.</param>
    public LogFileSource(LogFileOptions options, LogSink sink, TimeProvider time, ILogger<LogFileSource> logger) =>
        (_options, _sink, _time, _health) = (options, sink, time, new("log_files", time, logger));

    public SourceStatus Status => _health.Status;

    public async Task RunAsync(CancellationToken cancel)
    {
        Load();
        try
        {
            using var timer = new PeriodicTimer(_options.Interval, _time);
            do await LookAsync(cancel);
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException)
        {
            _health.Off();
        }
        finally
        {
            foreach (Position position in _positions.Values) position.File?.Dispose();
        }
    }

    /// <summary>Reads what there is to read now.</summary>
    internal async Task LookAsync(CancellationToken cancel)
    {
        int files = 0;
        foreach (string path in _options.Files.SelectMany(Expand).Distinct(StringComparer.Ordinal).Take(1_000))
        {
            try
            {
                await FollowAsync(path, cancel);
                files++;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _health.Failed($"{path} can't be read: {error.Message}");
            }
        }

        if (files > 0) _health.Ok($"follows {files} files");
        else if (_health.Status.State != SourceState.Failing) _health.Failed("none of the files is there");
    }

    private async Task FollowAsync(string path, CancellationToken cancel)
    {
        if (!_positions.TryGetValue(path, out Position? position)) _positions.Add(path, position = new());
        position.File ??= Open(path);
        if (!IsSame(position, position.File)) position.Restart();
        if (position.File.Length < position.Offset) position.Restart();
        while (await ReadAsync(path, position, last: false, cancel)) { }
        using FileStream now = Open(path);
        if (IsSame(position, now) && now.Length >= position.Offset) return;

        // Another file has the name: what is left of the old one first, a last line without an end included.
        while (await ReadAsync(path, position, last: true, cancel)) { }
        position.File.Dispose();
        position.Restart();
        position.File = Open(path);
        while (await ReadAsync(path, position, last: false, cancel)) { }
    }

    /// <summary>Reads whole lines up to a megabyte; false when there are none.</summary>
    private async Task<bool> ReadAsync(string path, Position position, bool last, CancellationToken cancel)
    {
        FileStream file = position.File!;
        file.Position = position.Offset;
        int length = await file.ReadAtLeastAsync(_buffer, MostBytes, throwOnEndOfStream: false, cancel);
        int end = _buffer.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
        if (end == 0 && (last || length == MostBytes)) end = length;
        if (end == 0) return false;
        if (position.Offset == 0 || position.Fingerprint.Length < FingerprintBytes) position.Fingerprint = Fingerprint(file);
        var batch = new LogBatch(_options.Tenant);
        LogDecoder.Lines(_buffer.AsSpan(0, end), Path.GetFileNameWithoutExtension(path), batch);
        if (batch.RecordCount > 0) await _sink.StoreAsync(batch, cancel);
        position.Offset += end;
        Save();
        return true;
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);

    private static byte[] Fingerprint(FileStream file)
    {
        byte[] head = new byte[FingerprintBytes];
        file.Position = 0;
        return head[..file.ReadAtLeast(head, FingerprintBytes, throwOnEndOfStream: false)];
    }

    /// <summary>Whether a file begins as the followed one did: names and numbers of files are used again, beginnings hardly are.</summary>
    private static bool IsSame(Position position, FileStream file) => Fingerprint(file).AsSpan().StartsWith(position.Fingerprint);

    /// <summary>A name with <c>*</c> or <c>?</c> in its last part stands for all files that fit.</summary>
    private static IEnumerable<string> Expand(string name)
    {
        string pattern = Path.GetFileName(name), folder = Path.GetDirectoryName(Path.GetFullPath(name)) ?? "/";
        if (pattern.AsSpan().IndexOfAny('*', '?') < 0) return File.Exists(name) ? [Path.GetFullPath(name)] : [];
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal) : [];
    }

    private void Load()
    {
        string path = Path.Combine(_options.StateFolder, PositionsName);
        if (!File.Exists(path)) return;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (JsonProperty file in document.RootElement.EnumerateObject())
                _positions[file.Name] = new() { Offset = file.Value.GetProperty("offset").GetInt64(), Fingerprint = file.Value.GetProperty("begins").GetBytesFromBase64() };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            _health.Failed($"{path} is damaged: files are read from their start");
        }
    }

    private void Save()
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach ((string name, Position position) in _positions)
            {
                writer.WriteStartObject(name);
                writer.WriteNumber("offset", position.Offset);
                writer.WriteBase64String("begins", position.Fingerprint);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        DurableFile.Replace(Path.Combine(_options.StateFolder, PositionsName), json.WrittenSpan);
    }

    private sealed class Position
    {
        public FileStream? File { get; set; }

        public long Offset { get; set; }

        public byte[] Fingerprint { get; set; } = [];

        public void Restart() => (Offset, Fingerprint) = (0, []);
    }
}
