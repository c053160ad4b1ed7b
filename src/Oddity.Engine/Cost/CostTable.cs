using Microsoft.Data.Sqlite;
using Oddity.Engine.Series;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Cost;

/// <summary>Puts together what series cost from what is counted anyway: nothing is measured for it but the time of one sample in 257 (<see cref="Shard"/>).</summary>
internal sealed class CostTable(Database database, Router router, EngineMeter meter)
{
    public CostReport Of(string tenant, CostOrder order, int offset, int limit)
    {
        SeriesState[] all = [.. router.Sorted().Where(series => series.Key.Tenant == tenant && series.Count > 0)];
        Dictionary<long, long> states = database.Read(connection => Sums(connection, "SELECT id, length(state) FROM series WHERE tenant = $tenant AND kind = 0", tenant));
        Dictionary<string, long> anomalies = database.Read(connection => Anomalies(connection, tenant));
        Dictionary<long, long>? disk = order == CostOrder.Disk
            ? database.Read(connection => Sums(connection, "SELECT series, SUM(length(data)) FROM chunks GROUP BY series", tenant))
            : null;
        DetectorCost[] detectors = [.. all.GroupBy(series => series.Plan.DetectorId, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(Detector)];
        Dictionary<string, double?> nanoseconds = detectors.ToDictionary(detector => detector.Detector, detector => detector.Nanoseconds, StringComparer.Ordinal);
        SeriesState[] page = [.. all.OrderByDescending(Weight).ThenBy(series => series.Key.Text, StringComparer.Ordinal).Skip(offset).Take(limit)];
        disk ??= database.Read(connection => page.ToDictionary(series => (long)series.Id, series => Bytes(connection, series.Id)));
        return new(detectors, [.. page.Select(Cost)], all.Length);

        DetectorCost Detector(IGrouping<string, SeriesState> group) => new(
            group.Key, group.Count(), group.Sum(series => series.Count), meter.Nanoseconds(group.Key), group.Sum(series => states.GetValueOrDefault(series.Id)));

        double? Seconds(SeriesState series) => nanoseconds[series.Plan.DetectorId] * series.Count / 1e9;

        double Weight(SeriesState series) => order switch
        {
            CostOrder.Samples => series.Count,
            CostOrder.State => states.GetValueOrDefault(series.Id),
            CostOrder.Disk => disk!.GetValueOrDefault(series.Id),
            CostOrder.Anomalies => anomalies.GetValueOrDefault(series.Key.Text),
            _ => Seconds(series) ?? 0,
        };

        SeriesCost Cost(SeriesState series) => new(
            series.Key, series.Plan.DetectorId, series.Count, Seconds(series), states.GetValueOrDefault(series.Id), disk.GetValueOrDefault(series.Id),
            anomalies.GetValueOrDefault(series.Key.Text));
    }

    private static Dictionary<long, long> Sums(SqliteConnection connection, string sql, string tenant)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$tenant", tenant);
        var sums = new Dictionary<long, long>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) sums[row.GetInt64(0)] = row.GetInt64(1);
        return sums;
    }

    private static Dictionary<string, long> Anomalies(SqliteConnection connection, string tenant)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT series, COUNT(*) FROM anomalies WHERE tenant = $tenant GROUP BY series";
        command.Parameters.AddWithValue("$tenant", tenant);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) counts[row.GetString(0)] = row.GetInt64(1);
        return counts;
    }

    private static long Bytes(SqliteConnection connection, int id)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT SUM(length(data)) FROM chunks WHERE series = $id";
        command.Parameters.AddWithValue("$id", id);
        return command.ExecuteScalar() as long? ?? 0;
    }
}
