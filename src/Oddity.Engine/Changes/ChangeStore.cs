using Microsoft.Data.Sqlite;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Changes;

/// <summary>
/// Changes in the store: on disk before the answer, one by tenant and id, kept as long as samples are. They take no part in detection, so they are not in
/// the log. Thread-safe.
/// </summary>
public sealed class ChangeStore(Database database, TimeSpan retention, TimeProvider time)
{
    /// <summary>Most changes of one tenant. A hundred thousand in thirty days is one every 26 seconds.</summary>
    public const int MaxPerTenant = 100_000;

    private const string Columns = "id, kind, title, start_ms, end_ms, service, version, text, link, tags";

    /// <summary>Stores changes; one whose id is known takes the place of the one before. False: the tenant has as many as it may, nothing was stored.</summary>
    /// <exception cref="DiskFullException">The disk is full; nothing was stored.</exception>
    public async Task<bool> AddAsync(string tenant, IReadOnlyList<Change> changes, CancellationToken cancel)
    {
        if (changes.Count == 0) return true;
        long before = (time.GetUtcNow() - retention).ToUnixTimeMilliseconds();
        return await database.WriteAsync(statements =>
        {
            statements.Execute("DELETE FROM changes WHERE tenant = ?1 AND last_ms < ?2", tenant, before);
            long stored = (long)statements.Scalar("SELECT count(*) FROM changes WHERE tenant = ?1", tenant)!;
            if (stored + changes.Count > MaxPerTenant) return false;
            foreach (Change change in changes) Put(statements, tenant, change);
            return true;
        }).WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Changes, newest first.</summary>
    public Task<IReadOnlyList<Change>> ListAsync(ChangeQuery query, CancellationToken cancel) => Task.Run<IReadOnlyList<Change>>(() => database.Read(connection => List(connection, query)), cancel);

    /// <summary>Takes one back; false if the tenant has none with that id.</summary>
    public Task<bool> DeleteAsync(string tenant, string id, CancellationToken cancel) =>
        database.WriteAsync(statements => statements.Execute("DELETE FROM changes WHERE tenant = ?1 AND id = ?2", tenant, id) > 0).WaitAsync(cancel);

    private static void Put(StatementCache statements, string tenant, Change change) => statements.Execute(
        $"INSERT OR REPLACE INTO changes(tenant, last_ms, {Columns}) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        tenant,
        change.EndMs ?? change.StartMs,
        change.Id,
        change.Kind,
        change.Title,
        change.StartMs,
        change.EndMs,
        change.Service,
        change.Version,
        change.Text,
        change.Link,
        change.Tags.Count == 0 ? null : string.Join('\n', change.Tags));

    private static List<Change> List(SqliteConnection connection, ChangeQuery query)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT {Columns} FROM changes
            WHERE tenant = $tenant AND start_ms < $to AND last_ms >= $from AND ($service IS NULL OR service = $service) AND ($kinds IS NULL OR instr($kinds, ' ' || kind || ' ') > 0)
            ORDER BY start_ms DESC, id DESC LIMIT $limit
            """;
        command.Parameters.AddWithValue("$tenant", query.Tenant);
        command.Parameters.AddWithValue("$to", query.ToMs ?? long.MaxValue);
        command.Parameters.AddWithValue("$from", query.FromMs ?? long.MinValue);
        command.Parameters.AddWithValue("$service", (object?)query.Service ?? DBNull.Value);
        command.Parameters.AddWithValue("$kinds", query.Kinds is { } kinds ? $" {string.Join(' ', kinds)} " : DBNull.Value);
        command.Parameters.AddWithValue("$limit", query.Limit);
        var found = new List<Change>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            found.Add(new()
            {
                Id = row.GetString(0),
                Kind = row.GetString(1),
                Title = row.GetString(2),
                StartMs = row.GetInt64(3),
                EndMs = row.IsDBNull(4) ? null : row.GetInt64(4),
                Service = Text(row, 5),
                Version = Text(row, 6),
                Text = Text(row, 7),
                Link = Text(row, 8),
                Tags = Text(row, 9)?.Split('\n') ?? [],
            });
        }

        return found;
    }

    private static string? Text(SqliteDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);
}
