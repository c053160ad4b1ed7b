using Microsoft.Data.Sqlite;

namespace Oddity.Engine.Storage;

/// <summary>The tables, by version. A newer file than this program knows is refused; an older one is brought up step by step.</summary>
internal static class Schema
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE log(seq INTEGER PRIMARY KEY, received_ms INTEGER NOT NULL, payload BLOB NOT NULL);
        CREATE TABLE idempotency(tenant TEXT, key TEXT, accepted INTEGER, rejected INTEGER, created_ms INTEGER, PRIMARY KEY(tenant, key)) WITHOUT ROWID;
        CREATE TABLE series(id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, key TEXT NOT NULL, kind INTEGER NOT NULL, state BLOB NOT NULL);
        CREATE TABLE chunks(series INTEGER, ordinal INTEGER, start_ms INTEGER, end_ms INTEGER, stored_ms INTEGER, data BLOB, PRIMARY KEY(series, ordinal)) WITHOUT ROWID;
        CREATE INDEX chunks_by_end ON chunks(end_ms);
        CREATE TABLE anomalies(
          id TEXT PRIMARY KEY, tenant TEXT NOT NULL, series TEXT NOT NULL, detector TEXT NOT NULL, methods TEXT NOT NULL, start_ms INTEGER NOT NULL,
          end_ms INTEGER, severity INTEGER NOT NULL, stored_ms INTEGER NOT NULL, body TEXT NOT NULL,
          status INTEGER NOT NULL DEFAULT 0, status_by TEXT, status_at_ms INTEGER, note TEXT) WITHOUT ROWID;
        CREATE INDEX anomalies_by_start ON anomalies(tenant, start_ms DESC, id DESC);
        CREATE TABLE outbox(
          id TEXT PRIMARY KEY, tenant TEXT NOT NULL, channel TEXT NOT NULL, anomaly TEXT NOT NULL, body TEXT NOT NULL, state INTEGER NOT NULL,
          attempts INTEGER NOT NULL, next_ms INTEGER NOT NULL, created_ms INTEGER NOT NULL, detail TEXT) WITHOUT ROWID;
        CREATE INDEX outbox_due ON outbox(state, next_ms);
        CREATE TABLE users(
          tenant TEXT NOT NULL, name TEXT PRIMARY KEY, password TEXT NOT NULL, role TEXT NOT NULL, created_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE sessions(hash BLOB PRIMARY KEY, user TEXT NOT NULL, created_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE tokens(
          id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, tenant TEXT NOT NULL, name TEXT NOT NULL, scope TEXT NOT NULL, created_by TEXT NOT NULL,
          created_ms INTEGER NOT NULL) WITHOUT ROWID;
        """,
        "CREATE INDEX anomalies_ongoing ON anomalies(tenant, start_ms DESC, id DESC) WHERE end_ms IS NULL;",

        // Rows in the order they come, so that what is written together lies together; what all anomalies of a rule share is kept once.
        """
        CREATE TABLE configurations(id INTEGER PRIMARY KEY, body TEXT NOT NULL);
        CREATE TABLE anomalies_new(
          id TEXT NOT NULL, tenant TEXT NOT NULL, series TEXT NOT NULL, detector TEXT NOT NULL, methods TEXT NOT NULL, start_ms INTEGER NOT NULL,
          end_ms INTEGER, severity INTEGER NOT NULL, stored_ms INTEGER NOT NULL, body NOT NULL,
          status INTEGER NOT NULL DEFAULT 0, status_by TEXT, status_at_ms INTEGER, note TEXT, config INTEGER);
        INSERT INTO anomalies_new(id, tenant, series, detector, methods, start_ms, end_ms, severity, stored_ms, body, status, status_by, status_at_ms, note)
          SELECT id, tenant, series, detector, methods, start_ms, end_ms, severity, stored_ms, body, status, status_by, status_at_ms, note
          FROM anomalies ORDER BY stored_ms, start_ms;
        DROP TABLE anomalies;
        ALTER TABLE anomalies_new RENAME TO anomalies;
        CREATE UNIQUE INDEX anomalies_by_id ON anomalies(id);
        CREATE INDEX anomalies_by_start ON anomalies(tenant, start_ms DESC, id DESC);
        CREATE INDEX anomalies_ongoing ON anomalies(tenant, start_ms DESC, id DESC) WHERE end_ms IS NULL;
        """,
        """
        CREATE TABLE changes(
          tenant TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER, last_ms INTEGER NOT NULL,
          service TEXT, version TEXT, text TEXT, link TEXT, tags TEXT, PRIMARY KEY(tenant, id)) WITHOUT ROWID;
        CREATE INDEX changes_by_start ON changes(tenant, start_ms DESC, id DESC);
        CREATE INDEX changes_by_end ON changes(tenant, last_ms);
        CREATE TABLE versions(tenant TEXT, service TEXT, version TEXT, last_ms INTEGER NOT NULL, PRIMARY KEY(tenant, service, version)) WITHOUT ROWID;
        CREATE TABLE apis(tenant TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY(tenant, id)) WITHOUT ROWID;
        CREATE TABLE calls(
          id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, kind INTEGER NOT NULL, slot_ms INTEGER NOT NULL, token TEXT, done INTEGER NOT NULL DEFAULT 0,
          count INTEGER NOT NULL, traces BLOB NOT NULL, data BLOB NOT NULL);
        CREATE INDEX calls_by_slot ON calls(tenant, kind, slot_ms);
        CREATE INDEX calls_waiting ON calls(slot_ms) WHERE done = 0;
        CREATE TABLE rollups(id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, kind INTEGER NOT NULL, slot_ms INTEGER NOT NULL, data BLOB NOT NULL);
        CREATE UNIQUE INDEX rollups_by_slot ON rollups(tenant, kind, slot_ms);
        """,
        "CREATE INDEX anomalies_by_series ON anomalies(tenant, series, start_ms DESC, id DESC);",
        "CREATE TABLE restarts(series INTEGER, samples INTEGER, recent INTEGER, revision TEXT, PRIMARY KEY(series, samples)) WITHOUT ROWID;",

        // Rows as they come fill their pages; ordered by series half of each page stayed empty, and each chunk touched a page of its own.
        """
        CREATE TABLE chunks_new(
          series INTEGER NOT NULL, ordinal INTEGER NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, stored_ms INTEGER NOT NULL, data BLOB NOT NULL);
        INSERT INTO chunks_new SELECT series, ordinal, start_ms, end_ms, stored_ms, data FROM chunks ORDER BY stored_ms, series, ordinal;
        DROP TABLE chunks;
        ALTER TABLE chunks_new RENAME TO chunks;
        CREATE UNIQUE INDEX chunks_by_series ON chunks(series, ordinal, start_ms, end_ms);
        CREATE INDEX chunks_by_end ON chunks(end_ms);
        """,
    ];

    /// <summary>Checks the file and brings it up to date.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a newer version.</exception>
    public static void Prepare(SqliteConnection connection)
    {
        using var statements = new StatementCache(connection);
        if (statements.Scalar("PRAGMA quick_check(1)") is not "ok") throw new InvalidDataException("The database is damaged: PRAGMA quick_check finds errors in oddity.db.");
        long version = (long)statements.Scalar("PRAGMA user_version")!;
        if (version > Steps.Length) throw new InvalidDataException("The data directory was written by a newer Oddity.");
        for (; version < Steps.Length; version++)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            using SqliteCommand command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"{Steps[version]} PRAGMA user_version={version + 1};";
            command.ExecuteNonQuery();
            transaction.Commit();
        }
    }
}
