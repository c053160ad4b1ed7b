using System.Runtime.InteropServices;
using Oddity.Connectors.Sources.Files;
using Oddity.Detection;
using Oddity.Detection.Evaluation;
using Oddity.Engine.Series;

namespace Oddity.Server.Commands;

/// <summary>Keeps what is needed to judge a file: 26 bytes a row. A file of several series gives several; a row that can't be read belongs to the series before it.</summary>
internal sealed class LabelledRows : IScoredRows
{
    private readonly Dictionary<SeriesKey, Columns> _series = [];
    private readonly List<Columns> _order = [];
    private Columns? _last;

    public void Write(SeriesRow row, double value, in Score score, bool odd, int? dimension) => Add(row, value, score.Value, score.Severity, odd);

    public void WriteUnwatched(SeriesRow row) => Add(row, row.Values[0], 0, 0, false);

    public void WriteBad(SeriesRow row) => Add(row, double.NaN, 0, 0, false);

    /// <summary>The series of the file, in order of their first rows, without the first rows that are not to be judged.</summary>
    /// <param name="windows">Where the truth is given as windows: these; null where it was in the rows.</param>
    /// <param name="skip">Share of each series at its start that is not judged, 0..1.</param>
    /// <param name="season">Width of VUS-PR's buffers in rows; null: each series' own season.</param>
    /// <exception cref="InvalidDataException">A window lies outside of the data.</exception>
    public IEnumerable<EvaluatedSeries> Judge(IReadOnlyList<(long StartMs, long EndMs)>? windows, double skip, int? season)
    {
        foreach (Columns columns in _order)
        {
            List<Segment>? segments = windows is null ? null : [.. windows.Select(window => columns.Find(window.StartMs, window.EndMs))];
            foreach (Segment segment in segments ?? []) CollectionsMarshal.AsSpan(columns.Labels)[segment.First..(segment.Last + 1)].Fill(true);
            int from = (int)Math.Round(columns.Labels.Count * skip);
            var judged = new JudgedSeries
            {
                Labels = [.. columns.Labels[from..]],
                Alarms = [.. columns.Alarms[from..]],
                Severities = [.. columns.Severities[from..]],
                Flags = [.. columns.Flags[from..]],
                Length = TimeSpan.FromMilliseconds(Math.Max(0, columns.Times[^1] - columns.Times[Math.Min(from, columns.Times.Count - 1)])),
            };
            int width = season ?? SeasonLength.Of([.. columns.Values[from..]]);
            yield return new(judged, segments is null ? null : new NabSeries(judged, segments))
            {
                AveragePrecision = AveragePrecision.Of(judged.Labels, judged.Severities),
                VolumeUnderSurface = VolumeUnderSurface.PrecisionRecall(judged.Labels, judged.Severities, width),
            };
        }
    }

    private void Add(SeriesRow row, double value, double alarm, double severity, bool odd)
    {
        Columns columns = row.Series is null ? _last ?? Begin(null) : Begin(row.Series);
        columns.Times.Add(row.TimeMs ?? (columns.Times.Count > 0 ? columns.Times[^1] : 0));
        // A hole in the values says nothing about the season.
        columns.Values.Add(double.IsFinite(value) ? value : columns.Values.Count > 0 ? columns.Values[^1] : 0);
        columns.Labels.Add(row.Label ?? false);
        columns.Alarms.Add(alarm);
        columns.Severities.Add(severity);
        columns.Flags.Add(odd);
        _last = columns;
    }

    private Columns Begin(SeriesKey? key)
    {
        if (key is not null && _series.TryGetValue(key, out Columns? known)) return known;
        // Rows that can't be read at the very start belong to the first series that comes.
        Columns columns = _series.Count == 0 && _last is { } first ? first : new Columns();
        if (!_order.Contains(columns)) _order.Add(columns);
        if (key is not null) _series.Add(key, columns);
        return columns;
    }

    private sealed class Columns
    {
        public List<long> Times { get; } = [];

        public List<double> Values { get; } = [];

        public List<bool> Labels { get; } = [];

        public List<double> Alarms { get; } = [];

        public List<double> Severities { get; } = [];

        public List<bool> Flags { get; } = [];

        /// <summary>The rows of a window: from the first row with its start's time to the first with its end's, or those between where there are none.</summary>
        public Segment Find(long startMs, long endMs)
        {
            int first = Times.IndexOf(startMs), last = Times.IndexOf(endMs);
            if (first < 0) first = Times.FindIndex(time => time >= startMs);
            if (last < 0) last = Times.FindLastIndex(time => time <= endMs);
            return first >= 0 && last >= first ? new(first, last) : throw new InvalidDataException("a labelled window holds no row of it");
        }
    }
}
