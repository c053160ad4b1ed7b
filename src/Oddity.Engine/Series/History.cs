using Microsoft.Data.Sqlite;
using Oddity.Detection;
using Oddity.Engine.Chunks;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Series;

/// <summary>Reads samples back: chunks from the store, then what is still in memory.</summary>
internal sealed class History(Database database, Router router, IdleSeries idle)
{
    /// <summary>How many samples a fresh detector sees before those that are drawn.</summary>
    private const int RunUp = 2_000;

    /// <summary>Samples with event time in [fromMs, toMs), in time order, equal times in order of arrival; the newest <paramref name="limit"/>.</summary>
    public async Task<Sample[]> ReadAsync(SeriesState series, long fromMs, long toMs, int limit)
    {
        (Sample[] inMemory, int stored) = await router.OwnerOf(series.Key).AskAsync(() => idle.Awake(series).InMemory(fromMs, toMs)).ConfigureAwait(false);
        List<Sample> samples = database.Read(connection => ReadChunks(connection, series.Id, stored, fromMs, toMs));
        samples.AddRange(inMemory);
        Sample[] ordered = InOrder(samples) ? [.. samples] : [.. samples.OrderBy(sample => sample.TimeMs)];
        return ordered.Length <= limit ? ordered : ordered[^limit..];
    }

    /// <summary>The same with what a fresh detector, run up on the samples before, makes of each.</summary>
    public async Task<(Sample[] Samples, Score[] Scores)> ReadScoredAsync(SeriesState series, long fromMs, long toMs, int limit)
    {
        Sample[] drawn = await ReadAsync(series, fromMs, toMs, limit).ConfigureAwait(false);
        if (drawn.Length == 0) return ([], []);
        Sample[] before = await ReadAsync(series, long.MinValue, drawn[0].TimeMs, RunUp).ConfigureAwait(false);
        Ensemble? detector = series.Plan.Create(series.Key);
        if (detector is null) return (drawn, Array.ConvertAll(drawn, sample => Scores.Silent(sample.Value)));
        foreach (Sample sample in before) detector.Observe(sample);
        return (drawn, Array.ConvertAll(drawn, sample => detector.Observe(sample)));
    }

    /// <summary>All samples that are there, in order of arrival, from the newest back to the first gap; the series' count tells how many are missing before them.</summary>
    public async Task<Sample[]> ReadArrivedAsync(SeriesState series)
    {
        (Sample[] inMemory, int stored) = await router.OwnerOf(series.Key).AskAsync(() => idle.Awake(series).InMemory(long.MinValue, long.MaxValue)).ConfigureAwait(false);
        var newestFirst = new List<Sample[]> { inMemory };
        database.Read(connection =>
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT ordinal, data, start_ms, end_ms FROM chunks WHERE series = $series AND ordinal < $before ORDER BY ordinal DESC";
            command.Parameters.AddWithValue("$series", series.Id);
            command.Parameters.AddWithValue("$before", stored);
            using SqliteDataReader row = command.ExecuteReader();
            for (int next = stored - 1; row.Read() && row.GetInt32(0) == next; next--) newestFirst.Add(Decode((byte[])row[1], row.GetInt64(2), row.GetInt64(3)));
            return true;
        });
        newestFirst.Reverse();
        return [.. newestFirst.SelectMany(samples => samples)];
    }

    private static List<Sample> ReadChunks(SqliteConnection connection, int series, int before, long fromMs, long toMs)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT data, start_ms, end_ms FROM chunks WHERE series = $series AND ordinal < $before AND end_ms >= $from AND start_ms < $to ORDER BY ordinal";
        command.Parameters.AddWithValue("$series", series);
        command.Parameters.AddWithValue("$before", before);
        command.Parameters.AddWithValue("$from", fromMs);
        command.Parameters.AddWithValue("$to", toMs);
        var samples = new List<Sample>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            foreach (Sample sample in Decode((byte[])row[0], row.GetInt64(1), row.GetInt64(2)))
            {
                if (sample.TimeMs >= fromMs && sample.TimeMs < toMs) samples.Add(sample);
            }
        }

        return samples;
    }

    private static Sample[] Decode(byte[] chunk, long startMs, long endMs)
    {
        try
        {
            return ChunkCodec.Decode(chunk);
        }
        catch (InvalidDataException error)
        {
            throw new DamagedHistoryException(startMs, endMs, error);
        }
    }

    private static bool InOrder(List<Sample> samples)
    {
        for (int i = 1; i < samples.Count; i++)
        {
            if (samples[i].TimeMs < samples[i - 1].TimeMs) return false;
        }

        return true;
    }
}
