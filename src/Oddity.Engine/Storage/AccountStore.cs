using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Oddity.Engine.Storage;

/// <summary>
/// Accounts, sessions and tokens. Every request asks here, so all of it is held in memory too: a change is on disk before it shows. Thread-safe.
/// </summary>
public sealed class AccountStore
{
    private const string SetupKey = "setup_token";
    private readonly Database _database;
    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, AccountSession> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ApiToken> _tokens = new(StringComparer.Ordinal);
    private volatile string? _setupHash;

    public AccountStore(Database database)
    {
        _database = database;
        database.Read<object?>(connection =>
        {
            Load(connection);
            return null;
        });
    }

    /// <summary>False on a fresh data directory: nobody can sign in yet.</summary>
    public bool HasAccounts => !_accounts.IsEmpty;

    /// <summary>Hash of the secret that lets the first account be made; null for none.</summary>
    public string? SetupHash => _setupHash;

    public Account? FindAccount(string name) => _accounts.GetValueOrDefault(name);

    /// <summary>The session whose secret has this hash; null if there is none.</summary>
    public AccountSession? FindSession(string hash) => _sessions.GetValueOrDefault(hash);

    public IEnumerable<AccountSession> Sessions => _sessions.Values;

    /// <summary>The token whose secret has this hash; null if there is none.</summary>
    public ApiToken? FindToken(string hash) => _tokens.GetValueOrDefault(hash);

    /// <summary>A tenant's tokens, oldest first.</summary>
    public IReadOnlyList<ApiToken> ListTokens(string tenant) =>
        [.. _tokens.Values.Where(token => token.Tenant == tenant).OrderBy(token => token.CreatedMs).ThenBy(token => token.Id, StringComparer.Ordinal)];

    public async Task SetSetupHashAsync(string hash)
    {
        const string Sql = "INSERT INTO meta(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = excluded.value";
        await _database.WriteAsync(sql => sql.Execute(Sql, SetupKey, hash));
        _setupHash = hash;
    }

    /// <summary>Adds the first account and takes the setup secret out of use; false if there is an account already.</summary>
    public async Task<bool> AddFirstAccountAsync(Account account)
    {
        bool added = await _database.WriteAsync(sql =>
        {
            int rows = sql.Execute(
                "INSERT INTO users(tenant, name, password, role, created_ms) SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM users)",
                account.Tenant, account.Name, account.Password, account.Role, account.CreatedMs);
            if (rows == 1) sql.Execute("DELETE FROM meta WHERE key = ?1", SetupKey);
            return rows == 1;
        });
        if (!added) return false;
        _accounts[account.Name] = account;
        _setupHash = null;
        return true;
    }

    /// <summary>Adds a session, or notes that it was used.</summary>
    public async Task PutSessionAsync(AccountSession session)
    {
        await _database.WriteAsync(sql => sql.Execute(
            "INSERT INTO sessions(hash, user, created_ms, seen_ms) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(hash) DO UPDATE SET seen_ms = excluded.seen_ms",
            Convert.FromHexString(session.Hash), session.User, session.CreatedMs, session.SeenMs));
        _sessions[session.Hash] = session;
    }

    public async Task RemoveSessionsAsync(IReadOnlyCollection<string> hashes)
    {
        foreach (string hash in hashes) _sessions.TryRemove(hash, out _);
        await _database.WriteAsync(sql =>
        {
            foreach (string hash in hashes) sql.Execute("DELETE FROM sessions WHERE hash = ?1", Convert.FromHexString(hash));
        });
    }

    public async Task AddTokenAsync(ApiToken token)
    {
        await _database.WriteAsync(sql => sql.Execute(
            "INSERT INTO tokens(id, hash, tenant, name, scope, created_by, created_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            token.Id, Convert.FromHexString(token.Hash), token.Tenant, token.Name, token.Scope, token.CreatedBy, token.CreatedMs));
        _tokens[token.Hash] = token;
    }

    /// <summary>Takes a token out of use at once; false if the tenant has none with that id.</summary>
    public async Task<bool> RemoveTokenAsync(string tenant, string id)
    {
        if (_tokens.Values.FirstOrDefault(token => token.Id == id && token.Tenant == tenant) is not { } found) return false;
        _tokens.TryRemove(found.Hash, out _);
        await _database.WriteAsync(sql => sql.Execute("DELETE FROM tokens WHERE id = ?1 AND tenant = ?2", id, tenant));
        return true;
    }

    private void Load(SqliteConnection connection)
    {
        using var sql = new StatementCache(connection);
        using (SqliteDataReader row = sql.Query("SELECT tenant, name, password, role, created_ms FROM users"))
        {
            while (row.Read()) _accounts[row.GetString(1)] = new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4));
        }

        using (SqliteDataReader row = sql.Query("SELECT hash, user, created_ms, seen_ms FROM sessions"))
        {
            while (row.Read()) Add(new AccountSession(Hex(row), row.GetString(1), row.GetInt64(2), row.GetInt64(3)));
        }

        using (SqliteDataReader row = sql.Query("SELECT hash, id, tenant, name, scope, created_by, created_ms FROM tokens"))
        {
            while (row.Read())
                Add(new ApiToken(row.GetString(1), Hex(row), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetInt64(6)));
        }

        using SqliteDataReader setup = sql.Query("SELECT value FROM meta WHERE key = ?1", SetupKey);
        _setupHash = setup.Read() ? setup.GetString(0) : null;
    }

    private void Add(AccountSession session) => _sessions[session.Hash] = session;

    private void Add(ApiToken token) => _tokens[token.Hash] = token;

    private static string Hex(SqliteDataReader row) => Convert.ToHexStringLower(row.GetFieldValue<byte[]>(0));
}
