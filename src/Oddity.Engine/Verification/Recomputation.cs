using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Detection;
using Oddity.Engine.Alerting;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Live;
using Oddity.Engine.Series;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Verification;

/// <summary>
/// Computes an anomaly once more: the samples of its series, in the order they came in, go past the same detector with the same settings and seed,
/// through the code that live samples take, into a store of its own; then the two anomalies are compared as text.
/// </summary>
/// <remarks>
/// No old state of detectors is kept for this: they are run from where they last began afresh, which is the series' first sample or a change of its
/// configuration ("restarts"). So it needs the history since then, whole. See docs/decisions/0009-verification-replays-history.md.
/// </remarks>
internal sealed class Recomputation(Anomaly stored, TimeProvider time)
{
    private readonly string _expected = AnomalyJson.Write(stored);
    private Anomaly? _ended;

    /// <summary>Runs a series' samples through what watched it then.</summary>
    /// <param name="plan">What watched it.</param>
    /// <param name="samples">Of the series, in order of arrival, without a gap up to its newest.</param>
    /// <param name="missing">Samples before those, which are no longer there.</param>
    /// <param name="restarts">Where its detector began afresh, besides at its first sample.</param>
    public async Task<Verification> RunAsync(WatchPlan plan, Sample[] samples, long missing, IReadOnlyList<RestartTable.Restart> restarts)
    {
        // Whose revision it was: that of a restart, or the first one, of which no record tells.
        bool tried = false;
        for (int segment = 0; segment <= restarts.Count; segment++)
        {
            RestartTable.Restart begin = segment == 0 ? new(0, 0, plan.Revision) : restarts[segment - 1];
            if (begin.Revision != plan.Revision || begin.Samples - begin.Recent < missing) continue;
            tried = true;
            long end = segment == restarts.Count ? missing + samples.Length : restarts[segment].Samples;
            if (await ReplayAsync(plan, samples, missing, begin, end, segment == restarts.Count).ConfigureAwait(false) is { } found)
                return Compare(found, end - begin.Samples);
        }

        if (!AreThere(samples)) return Impossible("The samples it is about are no longer there: retention took them, or its series was deleted and began anew.");
        return tried && missing == 0
            ? new(stored, VerificationVerdict.Different, "The samples it is about are there, but make no such anomaly.", [])
            : Impossible($"Not enough history: what its detector had learnt began with samples that retention has taken; {missing} of {missing + samples.Length} are gone.");
    }

    public Verification Impossible(string why) => new(stored, VerificationVerdict.Impossible, why, []);

    /// <summary>Runs rows of values measured together.</summary>
    public async Task<Verification> RunAsync(VectorState vector, IReadOnlyList<SeriesKey> dimensions, Sample[][] samples)
    {
        Anomaly? found = await InScratchAsync(async (sink, find) =>
        {
            double[] row = new double[dimensions.Count];
            SeriesKey[] keys = [.. dimensions];
            for (int i = 0; i < samples[0].Length; i++)
            {
                for (int d = 0; d < row.Length; d++) row[d] = samples[d][i].Value;
                vector.Take(samples[0][i].TimeMs, keys, row, ReceivedMs, sink);
                if (i % 1024 == 0) await sink.WaitForRoomAsync().ConfigureAwait(false);
            }

            vector.Tracker!.Flush(sink);
            return await find().ConfigureAwait(false);
        }).ConfigureAwait(false);
        return found is null
            ? new(stored, VerificationVerdict.Different, "The rows it is about make no such anomaly.", [])
            : Compare(found, samples[0].Length);
    }

    /// <summary>So late that no sample's time lies ahead of it: a sample is late if it is older than the one before.</summary>
    private const long ReceivedMs = long.MaxValue / 2;

    private Task<Anomaly?> ReplayAsync(WatchPlan plan, Sample[] samples, long missing, RestartTable.Restart begin, long end, bool last) =>
        InScratchAsync(async (sink, find) =>
        {
            SeriesState series = Begin(plan, samples.AsSpan(0, (int)Math.Max(0, begin.Samples - missing)), begin.Recent, sink);
            for (long i = begin.Samples - missing; i < end - missing; i++)
            {
                series.Take(samples[i], ReceivedMs, sink);
                series.Forget(int.MaxValue);
                Remember(series.Tracker?.Current);
                if (i % 1024 == 0) await sink.WaitForRoomAsync().ConfigureAwait(false);
            }

            // What goes on when the configuration changes ends with its last odd sample.
            if (last) series.Tracker?.Flush(sink);
            else series.Tracker?.End(long.MaxValue, sink);
            return await find().ConfigureAwait(false);
        });

    /// <summary>A series as it was when its detector began afresh: it knows the samples before, the detector does not.</summary>
    private SeriesState Begin(WatchPlan plan, ReadOnlySpan<Sample> before, int recent, AnomalySink sink)
    {
        var series = new SeriesState(1, stored.Series, plan);
        if (before.Length == 0) return series;
        DetectorEntry any = DetectorCatalogue.Find("zscore")!;
        WatchPlan earlier = plan with { Revision = "before", Create = _ => recent == 0 ? null : Ensemble.AnyOf([(any.Id, any.Create(new([]), 1))]) };
        var known = new SeriesState(1, stored.Series, earlier);
        foreach (Sample sample in before)
        {
            known.Take(sample, ReceivedMs, sink);
            known.Forget(int.MaxValue);
        }

        var writer = new StateWriter();
        known.Save(writer);
        series.Load(new(writer.Written.ToArray()));
        return series;
    }

    /// <summary>An anomaly that its sender ended (an end marker is no sample) may have gone on without that word: as it stood then it is remembered.</summary>
    private void Remember(Anomaly? current)
    {
        if (current is null || current.Id != stored.Id || stored.EndMs is null) return;
        if (current.Count != stored.Count || current.LastOddMs != stored.LastOddMs) return;
        _ended = current with { EndMs = stored.EndMs };
    }

    private Verification Compare(Anomaly found, long samples)
    {
        string text = AnomalyJson.Write(found);
        if (text == _expected) return new(stored, VerificationVerdict.Equal, $"{samples} samples were replayed; every field is the same.", []);
        if (_ended is not null && AnomalyJson.Write(_ended) == _expected)
            return new(stored, VerificationVerdict.Equal, $"{samples} samples were replayed; every field is the same up to where its sender ended it.", []);
        return new(stored, VerificationVerdict.Different, $"{samples} samples were replayed.", VerificationDifference.Between(_expected, text));
    }

    private bool AreThere(Sample[] samples) => Array.Exists(samples, sample => sample.TimeMs == stored.PeakMs && sample.Value.Equals(stored.Value));

    /// <summary>Gives the work a sink with a store of its own, which goes with it.</summary>
    private async Task<Anomaly?> InScratchAsync(Func<AnomalySink, Func<Task<Anomaly?>>, Task<Anomaly?>> work)
    {
        string folder = Directory.CreateTempSubdirectory("oddity-verify-").FullName;
        try
        {
            using var meter = new EngineMeter();
            using var database = new Database(folder, NullLogger.Instance);
            var outbox = new Outbox(new AlertingOptions(), [], database, meter, time, NullLogger.Instance);
            var sink = new AnomalySink(database, outbox, new LiveFeed(), meter, time, NullLogger.Instance);
            Task loop = Task.Run(sink.RunAsync);
            try
            {
                return await work(sink, async () =>
                {
                    await sink.FlushAsync().ConfigureAwait(false);
                    return database.Read(connection => AnomalyTable.FindAnywhere(connection, stored.Id));
                }).ConfigureAwait(false);
            }
            finally
            {
                sink.Complete();
                await loop.ConfigureAwait(false);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
