using System.Text.Json;
using Microsoft.Data.Sqlite;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Calls;

/// <summary>The registered APIs. Thread-safe.</summary>
public sealed class ApiStore(Database database)
{
    public const int MaxPerTenant = 1000;

    /// <summary>Stores an API, in place of one with its id. False: the tenant has as many as it may.</summary>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public Task<bool> PutAsync(string tenant, Api api, CancellationToken cancel)
    {
        string body = JsonSerializer.Serialize(api);
        return database.WriteAsync(statements =>
        {
            bool known = statements.Scalar("SELECT 1 FROM apis WHERE tenant = ?1 AND id = ?2", tenant, api.Id) is not null;
            if (!known && (long)statements.Scalar("SELECT count(*) FROM apis WHERE tenant = ?1", tenant)! >= MaxPerTenant) return false;
            statements.Execute("INSERT OR REPLACE INTO apis(tenant, id, body) VALUES(?1, ?2, ?3)", tenant, api.Id, body);
            return true;
        }).WaitAsync(cancel);
    }

    /// <summary>All of a tenant, by name.</summary>
    public IReadOnlyList<Api> List(string tenant) => [.. All().Where(entry => entry.Tenant == tenant).Select(entry => entry.Api).OrderBy(api => api.Name, StringComparer.Ordinal).ThenBy(api => api.Id, StringComparer.Ordinal)];

    /// <summary>Null if the tenant has none with that id.</summary>
    public Api? Find(string tenant, string id) => All().FirstOrDefault(entry => entry.Tenant == tenant && entry.Api.Id == id).Api;

    /// <summary>False if the tenant has none with that id. Its series stay.</summary>
    public Task<bool> DeleteAsync(string tenant, string id, CancellationToken cancel) =>
        database.WriteAsync(statements => statements.Execute("DELETE FROM apis WHERE tenant = ?1 AND id = ?2", tenant, id) > 0).WaitAsync(cancel);

    /// <summary>All of all tenants.</summary>
    public IReadOnlyList<(string Tenant, Api Api)> All() => database.Read(connection =>
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT tenant, body FROM apis ORDER BY tenant, id";
        var all = new List<(string, Api)>();
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read()) all.Add((row.GetString(0), JsonSerializer.Deserialize<Api>(row.GetString(1))!));
        return all;
    });
}
