using Oddity.Connectors.Sources.Files;
using Oddity.Detection;
using Oddity.Engine.Series;

namespace Oddity.Server.Commands;

/// <summary>Scores one file, row by row; memory does not grow with its length.</summary>
internal sealed class FileScorer(WatchOptions options, IScoredRows writer)
{
    /// <summary>Between rows without a time; some detectors go by the clock.</summary>
    private const long AssumedIntervalMs = 1_000;

    private readonly OfflineWatch _watch = new(options);
    private readonly Dictionary<SeriesKey, OfflineSeries?> _series = [];
    private readonly Dictionary<(SeriesKey Key, int Dimensions), (OfflineVector? Watch, double[] Last)> _vectors = [];
    private long _lastMs;
    private long _odd;

    /// <summary>Reads the input and writes its CSV below the folder, whole or not at all.</summary>
    public static ScoredFile Score(ScoreInput input, string folder, WatchOptions options, Action<long> progress, CancellationToken cancel)
    {
        string path = Path.Combine(folder, input.Relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var content = new CountedStream(File.OpenRead(input.Path), progress);
        if (!SeriesFile.TryOpen(content, Path.GetFileName(input.Relative), out SeriesFile? file, out Oddity.Connectors.Sources.DecodeFailure? failure))
            return new(0, 0, failure.Detail);
        using SeriesFile opened = file;
        ScoredFile scored;
        using (var writer = new ScoreWriter(path + ".part")) scored = new FileScorer(options, writer).Run(opened, cancel);
        File.Move(path + ".part", path, overwrite: true);
        return scored;
    }

    /// <summary>Scores the rows in their order.</summary>
    public ScoredFile Run(SeriesFile file, CancellationToken cancel)
    {
        long rows = 0;
        for (; file.TryRead(out SeriesRow? row); rows++)
        {
            cancel.ThrowIfCancellationRequested();
            if (row.Series is null || row.Mistake is not null) writer.WriteBad(row);
            else if (file.IsVector) ScoreVector(row, row.Series);
            else if (double.IsFinite(row.Values[0])) ScoreValue(row, row.Series);
            else writer.WriteBad(row);
        }

        return new(rows, _odd, file.Failure?.Detail);
    }

    private void ScoreValue(SeriesRow row, SeriesKey key)
    {
        if (!_series.TryGetValue(key, out OfflineSeries? series)) _series.Add(key, series = _watch.Series(key));
        var sample = new Sample(TimeOf(row), row.Values[0]);
        if (series is null)
        {
            writer.WriteUnwatched(row);
            return;
        }

        Score score = series.Observe(sample, out bool odd);
        if (odd) _odd++;
        writer.Write(row, sample.Value, score, odd, null);
    }

    private void ScoreVector(SeriesRow row, SeriesKey key)
    {
        int dimensions = row.Values.Length;
        if (!_vectors.TryGetValue((key, dimensions), out (OfflineVector? Watch, double[] Last) vector))
            _vectors.Add((key, dimensions), vector = (_watch.Vector(key, dimensions), [.. Enumerable.Repeat(double.NaN, dimensions)]));
        for (int i = 0; i < dimensions; i++)
        {
            // A value that is missing stays what it was.
            if (double.IsFinite(row.Values[i])) vector.Last[i] = row.Values[i];
        }

        long timeMs = TimeOf(row);
        if (vector.Last.Any(double.IsNaN)) writer.WriteBad(row);
        else if (vector.Watch is null) writer.WriteUnwatched(row);
        else
        {
            Score score = vector.Watch.Observe(timeMs, vector.Last, out bool odd);
            if (odd) _odd++;
            writer.Write(row, vector.Last[vector.Watch.Leading], score, odd, vector.Watch.Leading);
        }
    }

    private long TimeOf(SeriesRow row) => _lastMs = row.TimeMs ?? _lastMs + AssumedIntervalMs;
}
