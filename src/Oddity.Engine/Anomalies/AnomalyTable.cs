using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Anomalies;

/// <summary>
/// Anomalies in the store. What the engine found is the body; what people made of it are columns of their own that a replay leaves alone. Settings in
/// force are a row that all anomalies of them share.
/// </summary>
internal static class AnomalyTable
{
    private const string Columns =
        "tenant, body, status, status_by, status_at_ms, note, id, series, detector, start_ms, end_ms, severity, "
        + "(SELECT c.body FROM configurations c WHERE c.id = config)";

    /// <summary>So many series at most are looked up one by one; what fits more is found sooner by going back in time.</summary>
    private const int FewSeries = 50;

    /// <summary>Writes the engine's part; returns the anomaly with what people made of it.</summary>
    public static Anomaly Upsert(StatementCache statements, Anomaly anomaly, long storedMs)
    {
        ConfigurationText configuration = ConfigurationText.Of(anomaly.Configuration);
        statements.Execute("INSERT OR IGNORE INTO configurations(id, body) VALUES(?1, ?2)", configuration.Id, configuration.Text);
        using SqliteDataReader row = statements.Query(
            """
            INSERT INTO anomalies(id, tenant, series, detector, methods, start_ms, end_ms, severity, stored_ms, body, config)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            ON CONFLICT(id) DO UPDATE SET methods = ?5, end_ms = ?7, severity = ?8, body = ?10, config = ?11
            RETURNING status, status_by, status_at_ms, note
            """,
            anomaly.Id,
            anomaly.Series.Tenant,
            anomaly.Series.Text,
            anomaly.Detector,
            $",{anomaly.Detector},{string.Join(',', anomaly.Methods)},",
            anomaly.StartMs,
            anomaly.EndMs,
            (int)anomaly.Severity,
            storedMs,
            AnomalyBytes.Write(anomaly),
            configuration.Id);
        row.Read();
        return WithStatus(anomaly, row, 0);
    }

    public static Anomaly? Find(SqliteConnection connection, string tenant, string id)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM anomalies WHERE id = $id AND tenant = $tenant";
        command.Parameters.AddWithValue("$id", id);
        command.Parameters.AddWithValue("$tenant", tenant);
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    /// <summary>One of any tenant, for whoever has the data directory itself; null if there is none.</summary>
    public static Anomaly? FindAnywhere(SqliteConnection connection, string id)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM anomalies WHERE id = $id";
        command.Parameters.AddWithValue("$id", id);
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    public static bool SetStatus(StatementCache statements, string tenant, string id, AnomalyStatus status, string by, long atMs, string? note) =>
        statements.Execute(
            "UPDATE anomalies SET status = ?3, status_by = ?4, status_at_ms = ?5, note = ?6 WHERE id = ?1 AND tenant = ?2",
            id,
            tenant,
            (int)status,
            by,
            atMs,
            note) > 0;

    /// <summary>One page, newest start first.</summary>
    /// <exception cref="FormatException">The cursor is not one of ours.</exception>
    public static AnomalyPage List(SqliteConnection connection, AnomalyQuery query)
    {
        using SqliteCommand command = connection.CreateCommand();
        var where = new StringBuilder("tenant = $tenant");
        string index = "";
        void And(string condition, string name, object value)
        {
            where.Append(" AND ").Append(condition);
            command.Parameters.AddWithValue(name, value);
        }

        command.Parameters.AddWithValue("$tenant", query.Tenant);
        if (query.FromMs is { } from) And("start_ms >= $from", "$from", from);
        if (query.ToMs is { } to) And("start_ms < $to", "$to", to);
        if (query.Method is { } method) And("instr(methods, $method) > 0", "$method", $",{method.ToLowerInvariant()},");
        if (query.Series is { } series)
        {
            List<string> names = SeriesLike(connection, query.Tenant, series);
            if (names.Count == 0) return new([], null);
            if (names.Count > FewSeries) And("instr(lower(series), $series) > 0", "$series", series.ToLowerInvariant());
            else And("series IN (SELECT value FROM json_each($series))", "$series", JsonSerializer.Serialize(names));
            index = names.Count > FewSeries ? "" : "INDEXED BY anomalies_by_series";
        }

        if (query.Ongoing is { } ongoing) where.Append(ongoing ? " AND end_ms IS NULL" : " AND end_ms IS NOT NULL");
        if (query.Severities is { } severities) where.Append(CultureInfo.InvariantCulture, $" AND severity IN ({string.Join(',', severities.Select(s => (int)s))})");
        if (query.Statuses is { } statuses) where.Append(CultureInfo.InvariantCulture, $" AND status IN ({string.Join(',', statuses.Select(s => (int)s))})");
        if (query.Cursor is { } cursor)
        {
            (long startMs, string id) = ParseCursor(cursor);
            And("(start_ms, id) < ($cursorStart, $cursorId)", "$cursorStart", startMs);
            command.Parameters.AddWithValue("$cursorId", id);
        }

        int limit = Math.Clamp(query.Limit, 1, 1000);
        command.CommandText = $"SELECT {Columns} FROM anomalies {index} WHERE {where} ORDER BY start_ms DESC, id DESC LIMIT {limit + 1}";
        var items = new List<Anomaly>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) items.Add(Read(row));
        if (items.Count <= limit) return new(items, null);
        items.RemoveAt(limit);
        return new(items, FormatCursor(items[^1]));
    }

    /// <summary>Canonical JSON of those after <paramref name="after"/> in canonical order; a page at a time, so that no read lasts.</summary>
    public static List<(Place Place, string Json)> Export(SqliteConnection connection, string? tenant, Place? after, int limit)
    {
        using SqliteCommand command = connection.CreateCommand();
        string condition = after is null ? "" : "AND (tenant, series, detector, start_ms, id) > ($afterTenant, $series, $detector, $start, $id)";
        command.CommandText =
            $"""
            SELECT {Columns} FROM anomalies WHERE ($tenant IS NULL OR tenant = $tenant) {condition}
            ORDER BY tenant, series, detector, start_ms, id LIMIT {limit}
            """;
        command.Parameters.AddWithValue("$tenant", (object?)tenant ?? DBNull.Value);
        if (after is not null)
        {
            command.Parameters.AddWithValue("$afterTenant", after.Tenant);
            command.Parameters.AddWithValue("$series", after.Series);
            command.Parameters.AddWithValue("$detector", after.Detector);
            command.Parameters.AddWithValue("$start", after.StartMs);
            command.Parameters.AddWithValue("$id", after.Id);
        }

        var page = new List<(Place, string)>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            var place = new Place(row.GetString(0), row.GetString(7), row.GetString(8), row.GetInt64(9), row.GetString(6));
            page.Add((place, row.GetValue(1) as string ?? AnomalyJson.Write(ReadBytes(row))));
        }

        return page;
    }

    /// <summary>Where an anomaly stands in the canonical order: by tenant, series, detector, start and id, texts by their bytes.</summary>
    public sealed record Place(string Tenant, string Series, string Detector, long StartMs, string Id);

    /// <summary>Those that go on, of all tenants.</summary>
    public static List<Anomaly> Ongoing(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM anomalies WHERE end_ms IS NULL";
        var items = new List<Anomaly>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) items.Add(Read(row));
        return items;
    }

    // Bodies were the canonical JSON once.
    private static Anomaly Read(SqliteDataReader row) =>
        WithStatus(row.GetValue(1) is string json ? AnomalyJson.Read(json, row.GetString(0)) : ReadBytes(row), row, 2);

    private static Anomaly ReadBytes(SqliteDataReader row) => AnomalyBytes.Read((byte[])row[1], new()
    {
        Id = row.GetString(6),
        Tenant = row.GetString(0),
        Series = row.GetString(7),
        Detector = row.GetString(8),
        StartMs = row.GetInt64(9),
        EndMs = row.IsDBNull(10) ? null : row.GetInt64(10),
        Severity = (Severity)row.GetInt32(11),
        Configuration = ConfigurationText.Parse(row.IsDBNull(12) ? "{}" : row.GetString(12)),
    });

    private static Anomaly WithStatus(Anomaly anomaly, SqliteDataReader row, int at) => anomaly with
    {
        Status = (AnomalyStatus)row.GetInt32(at),
        StatusBy = row.IsDBNull(at + 1) ? null : row.GetString(at + 1),
        StatusAtMs = row.IsDBNull(at + 2) ? null : row.GetInt64(at + 2),
        Note = row.IsDBNull(at + 3) ? null : row.GetString(at + 3),
    };

    /// <summary>The series of that text, or else those whose texts contain it, <see cref="FewSeries"/> and one more at most; from name to name by the index.</summary>
    private static List<string> SeriesLike(SqliteConnection connection, string tenant, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            $"""
            WITH RECURSIVE whole(name) AS (SELECT $text WHERE EXISTS(SELECT 1 FROM anomalies WHERE tenant = $tenant AND series = $text)),
            named(name) AS (
              SELECT min(series) FROM anomalies WHERE tenant = $tenant AND NOT EXISTS(SELECT 1 FROM whole)
              UNION ALL
              SELECT (SELECT min(series) FROM anomalies WHERE tenant = $tenant AND series > name) FROM named WHERE name IS NOT NULL)
            SELECT name FROM whole
            UNION ALL
            SELECT name FROM named WHERE instr(lower(name), lower($text)) > 0
            LIMIT {FewSeries + 1}
            """;
        command.Parameters.AddWithValue("$tenant", tenant);
        command.Parameters.AddWithValue("$text", text);
        var names = new List<string>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) names.Add(row.GetString(0));
        return names;
    }

    private static string FormatCursor(Anomaly last) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{last.StartMs}:{last.Id}")).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static (long StartMs, string Id) ParseCursor(string cursor)
    {
        string padded = cursor.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (cursor.Length % 4)) % 4);
        string[] parts = Encoding.UTF8.GetString(Convert.FromBase64String(padded)).Split(':');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long startMs)
            ? (startMs, parts[1])
            : throw new FormatException("Not a cursor that a page ended with.");
    }
}
