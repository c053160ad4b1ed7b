using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Changes;

/// <summary>
/// Makes a change of a service's version that is seen to change: one that is new, or comes back after <see cref="Gone"/> while another was seen. While a
/// deployment rolls, old and new are seen in turns; that is one change. The first version of a service is none. Thread-safe.
/// </summary>
public sealed class VersionWatch
{
    /// <summary>A version not seen for so long, while another was, is gone; back again it is a change (a rollback).</summary>
    public static readonly TimeSpan Gone = TimeSpan.FromMinutes(30);

    /// <summary>Versions in all, of all tenants; those beyond are not watched.</summary>
    private const int MaxVersions = 10_000;

    private const int MaxLength = 256;
    private static readonly TimeSpan NotedEvery = TimeSpan.FromMinutes(5);

    private readonly Database _database;
    private readonly ChangeStore _changes;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _one = new(1);
    private readonly ConcurrentDictionary<(string Tenant, string Service, string Version), long> _seen = new();

    public VersionWatch(Database database, ChangeStore changes, TimeProvider time)
    {
        (_database, _changes, _time) = (database, changes, time);
        foreach ((string tenant, string service, string version, long lastMs) in database.Read(All)) _seen[(tenant, service, version)] = lastMs;
    }

    /// <summary>A service said its version just now.</summary>
    /// <exception cref="DiskFullException">It was a change and could not be stored.</exception>
    public async Task SeenAsync(string tenant, string service, string version, CancellationToken cancel)
    {
        if (service.Length is 0 or > MaxLength || version.Length is 0 or > MaxLength) return;
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        (string, string, string) key = (tenant, service, version);
        if (_seen.TryGetValue(key, out long lastMs) && nowMs - lastMs < NotedEvery.TotalMilliseconds) return;
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            bool known = _seen.TryGetValue(key, out lastMs);
            if ((known && nowMs - lastMs < NotedEvery.TotalMilliseconds) || (!known && _seen.Count >= MaxVersions)) return;
            if (Before(tenant, service, version) is { } other && (!known || (other.LastMs > lastMs && nowMs - lastMs >= Gone.TotalMilliseconds)))
                await _changes.AddAsync(tenant, [ChangeOf(tenant, service, version, other.Version, nowMs)], cancel).ConfigureAwait(false);
            await _database.WriteAsync(statements => statements.Execute(
                "INSERT OR REPLACE INTO versions(tenant, service, version, last_ms) VALUES(?1, ?2, ?3, ?4)", tenant, service, version, nowMs)).WaitAsync(cancel).ConfigureAwait(false);
            _seen[key] = nowMs;
        }
        finally
        {
            _one.Release();
        }
    }

    private static Change ChangeOf(string tenant, string service, string version, string before, long nowMs)
    {
        string title = $"{service} {before} → {version}";
        return new()
        {
            Id = Change.IdOf(tenant, ChangeKind.Deployment, nowMs, service, version, title, null),
            Kind = ChangeKind.Deployment,
            Title = title,
            StartMs = nowMs,
            Service = service,
            Version = version,
            Tags = ["seen"],
        };
    }

    /// <summary>The other version of the service that was seen last.</summary>
    private (string Version, long LastMs)? Before(string tenant, string service, string version)
    {
        (string Version, long LastMs)? latest = null;
        foreach (((string Tenant, string Service, string Version) key, long lastMs) in _seen)
        {
            if (key.Tenant == tenant && key.Service == service && key.Version != version && (latest is null || lastMs > latest.Value.LastMs)) latest = (key.Version, lastMs);
        }

        return latest;
    }

    private static List<(string Tenant, string Service, string Version, long LastMs)> All(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT tenant, service, version, last_ms FROM versions";
        var all = new List<(string, string, string, long)>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) all.Add((row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3)));
        return all;
    }
}
