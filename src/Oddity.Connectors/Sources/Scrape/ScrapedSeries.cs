using Oddity.Connectors.Sources.Exposition;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Scrape;

/// <summary>
/// The series of one target: turns the text of a scrape into samples with the target's labels, knows what the scrape before had, and ends what is gone.
/// Used by the target's own loop alone.
/// </summary>
internal sealed class ScrapedSeries(ScrapeTarget target, string tenant)
{
    /// <summary>Scrapes after which it is looked at anew what the rules drop: it does not say whether a text still has it.</summary>
    private const int DroppedAge = 100;

    private static readonly double s_stale = BitConverter.UInt64BitsToDouble(Batch.StaleMarker);

    private readonly Dictionary<byte[], Known> _known = new(IdentityComparer.Instance);
    private readonly List<KeyValuePair<string, string>> _labels = [];
    private long _scrape;

    /// <summary>Samples in the text taken last.</summary>
    public int Scraped { get; private set; }

    /// <summary>Of those, what the rules left.</summary>
    public int Kept { get; private set; }

    /// <summary>Of those, what had no number: NaN or infinite.</summary>
    public int Skipped { get; private set; }

    /// <summary>Series that the scrape before did not have.</summary>
    public int Added { get; private set; }

    /// <summary>Adds the samples of a text, and the end of series that are not in it. What is wrong with it, or null; then nothing of the batch may be used.</summary>
    public string? Take(ReadOnlySpan<byte> text, bool openMetrics, long timeMs, Batch batch)
    {
        (Scraped, Kept, Skipped, Added) = (0, 0, 0, 0);
        _scrape++;
        Dictionary<byte[], Known>.AlternateLookup<ReadOnlySpan<byte>> lookup = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        var reader = new ExpositionReader(text, openMetrics);
        while (reader.Next())
        {
            if (reader.Read() is { } mistake) return $"line {reader.Line}: {mistake.Detail}";
            if (!lookup.TryGetValue(reader.Head, out Known? known))
            {
                if (ExpositionHead.TryRead(reader.Head, out string metric, _labels) is { } bad) return $"line {reader.Line}: {bad.Detail}: {InputEcho.Quote(reader.Head)}";
                known = new() { Series = Label(metric) };
                lookup[reader.Head] = known;
            }

            Scraped++;
            Take(known, reader.Value, target.Job.HonorTimestamps ? reader.TimeMs : null, timeMs, batch);
            if (target.Job.SampleLimit > 0 && Kept > target.Job.SampleLimit) return $"more than {target.Job.SampleLimit} samples, the sample_limit";
            reader.SkipLine();
        }

        if (openMetrics && !reader.Ended) return "the text does not end with # EOF";
        EndMissing(timeMs, batch);
        return null;
    }

    /// <summary>Ends all series: the target could not be scraped, or is no target any more.</summary>
    public void EndAll(long timeMs, Batch batch)
    {
        (Scraped, Kept, Skipped, Added) = (0, 0, 0, 0);
        foreach (Known known in _known.Values) known.End(timeMs, batch);
        _known.Clear();
    }

    private void Take(Known known, double value, long? ownMs, long timeMs, Batch batch)
    {
        if (known.Series is null) return;
        Kept++;
        if (known.Scrape == _scrape && ownMs is null) return; // Twice in one text.
        if (!known.Present && known.Scrape != _scrape) Added++;
        (known.Scrape, known.HasTimes) = (_scrape, ownMs is not null);
        if (double.IsFinite(value)) known.Series.AddTo(batch, ownMs ?? timeMs, value);
        else Skipped++;
    }

    private void EndMissing(long timeMs, Batch batch)
    {
        List<byte[]>? gone = null;
        foreach ((byte[] head, Known known) in _known)
        {
            bool there = known.Scrape == _scrape || (known.Series is null && known.Age++ < DroppedAge);
            if (there)
            {
                known.Present = true;
                continue;
            }

            known.End(timeMs, batch);
            (gone ??= []).Add(head);
        }

        foreach (byte[] head in gone ?? []) _known.Remove(head);
    }

    /// <summary>The series of a sample with the target's labels, after the rules; null if they drop it.</summary>
    private NamedSeries? Label(string metric)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in _labels)
        {
            if (value.Length > 0) labels[name] = value;
        }

        foreach ((string name, string value) in target.Labels)
        {
            if (!labels.TryGetValue(name, out string? own))
            {
                labels[name] = value;
                continue;
            }

            if (target.Job.HonorLabels) continue;
            string renamed = "exported_" + name;
            while (labels.ContainsKey(renamed)) renamed = "exported_" + renamed;
            (labels[renamed], labels[name]) = (own, value);
        }

        if (target.Job.MetricRelabel.Count > 0)
        {
            labels["__name__"] = metric;
            if (!RelabelRule.Apply(target.Job.MetricRelabel, labels) || !labels.Remove("__name__", out metric!) || metric.Length == 0) return null;
            foreach (string name in labels.Keys.Where(name => name.StartsWith("__", StringComparison.Ordinal)).ToArray()) labels.Remove(name);
        }

        return new(SeriesKey.Create(tenant, metric, labels));
    }

    /// <summary>What a name and labels in the text stand for.</summary>
    private sealed class Known
    {
        /// <summary>Null: the rules drop it.</summary>
        public NamedSeries? Series { get; init; }

        /// <summary>The scrape that had it last.</summary>
        public long Scrape { get; set; }

        /// <summary>Whether the last good text had it.</summary>
        public bool Present { get; set; }

        /// <summary>Whether it comes with times of its own: then nobody knows when it ends.</summary>
        public bool HasTimes { get; set; }

        public int Age { get; set; }

        public void End(long timeMs, Batch batch)
        {
            if (Present && !HasTimes) Series?.AddTo(batch, timeMs, s_stale);
        }
    }
}
