using System.Globalization;
using Microsoft.Data.Sqlite;
using Oddity.Engine.Storage.Log;
using SQLitePCL;

namespace Oddity.Engine.Storage.Copies;

/// <summary>
/// A copy of a data directory, also while a server has it open, that a server can start on: first the log, then everything else, then the store as it
/// is at one moment. The store then knows at least what had been let go of in the log, so that no batch is in neither.
/// </summary>
public static class Backup
{
    private const string Store = "oddity.db";
    private const int PagesPerStep = 256;

    /// <summary>Bytes to be read, about: what progress is measured by.</summary>
    public static long SizeOf(string dataDirectory) =>
        Directory.EnumerateFiles(dataDirectory, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith("-wal", StringComparison.Ordinal)).Sum(path => new FileInfo(path).Length);

    /// <summary>Makes the copy; durable when it returns.</summary>
    /// <param name="dataDirectory">Where the store is.</param>
    /// <param name="to">A folder that is empty or not there.</param>
    /// <param name="created">What the manifest says of when.</param>
    /// <param name="copied">Hears of each piece, in bytes.</param>
    /// <exception cref="IOException">Something can't be read or written.</exception>
    public static BackupManifest Create(string dataDirectory, string to, DateTimeOffset created, Action<long> copied)
    {
        if (!File.Exists(Path.Combine(dataDirectory, Store))) throw new DirectoryNotFoundException($"There is no data directory '{dataDirectory}'.");
        if (Directory.Exists(to) && Directory.EnumerateFileSystemEntries(to).Any()) throw new IOException($"'{to}' is not empty.");
        FileCopy.Folder(to);
        using DirectoryLock? alone = TryLock(dataDirectory);
        CopyLog(dataDirectory, to, copied);
        CopyOthers(dataDirectory, to, copied);
        long applied = CopyStore(dataDirectory, to, alone is not null, copied);
        DurableFile.SyncFolder(to);
        BackupManifest.Entry[] files =
            [.. Directory.GetFiles(to, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => BackupManifest.EntryOf(to, path))];
        var manifest = new BackupManifest(1, created.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), applied, files);
        manifest.Write(to);
        return manifest;
    }

    /// <summary>Puts a backup's files into a folder that is empty or not there, after checking every one.</summary>
    /// <exception cref="InvalidDataException">The backup is not whole.</exception>
    /// <exception cref="IOException">The folder is not empty, or something can't be read or written.</exception>
    public static BackupManifest Restore(string from, string dataDirectory, Action<long> copied)
    {
        if (Directory.Exists(dataDirectory) && Directory.EnumerateFileSystemEntries(dataDirectory).Any()) throw new IOException($"'{dataDirectory}' is not empty: nothing was restored.");
        BackupManifest manifest = BackupManifest.Read(from);
        string[] paths = [.. manifest.Files.Select(file => BackupManifest.Check(from, file))];
        FileCopy.Folder(dataDirectory);
        for (int i = 0; i < paths.Length; i++) FileCopy.Copy(paths[i], Path.Combine(dataDirectory, manifest.Files[i].Path), withoutTail: false, copied);
        foreach (string folder in Directory.GetDirectories(dataDirectory, "*", SearchOption.AllDirectories)) DurableFile.SyncFolder(folder);
        DurableFile.SyncFolder(dataDirectory);
        return manifest;
    }

    /// <summary>Without a server nothing moves while it is copied; null with one.</summary>
    private static DirectoryLock? TryLock(string dataDirectory)
    {
        try
        {
            return new(dataDirectory);
        }
        catch (DataDirectoryInUseException)
        {
            return null;
        }
    }

    /// <summary>Twice: while the first files are copied new ones may begin.</summary>
    private static void CopyLog(string dataDirectory, string to, Action<long> copied)
    {
        string log = Path.Combine(dataDirectory, SegmentLog.FolderName), target = Path.Combine(to, SegmentLog.FolderName);
        FileCopy.Folder(target);
        for (int pass = 0; pass < 2; pass++)
        {
            foreach ((long number, string path) in Segment.In(log))
            {
                string copy = Segment.PathOf(target, number);
                if (File.Exists(copy)) continue;
                try
                {
                    FileCopy.Copy(path, copy, withoutTail: true, copied);
                }
                catch (FileNotFoundException)
                {
                    // Let go of in between: the store, which is copied later, has it.
                    continue;
                }

                // Let go of and taken for another number while it was copied: the copy may be of both.
                if (!File.Exists(path)) File.Delete(copy);
            }
        }

        DurableFile.SyncFolder(target);
    }

    /// <summary>What others keep beside the store: whatever is there.</summary>
    private static void CopyOthers(string dataDirectory, string to, Action<long> copied)
    {
        foreach (string path in Directory.GetFiles(dataDirectory, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(dataDirectory, path);
            bool log = relative.StartsWith(SegmentLog.FolderName + Path.DirectorySeparatorChar, StringComparison.Ordinal) && relative.EndsWith(".seg", StringComparison.Ordinal);
            if (log || relative == "lock" || relative.StartsWith(Store, StringComparison.Ordinal) || IsInside(path, to)) continue;
            try
            {
                FileCopy.Copy(path, Path.Combine(to, relative), withoutTail: false, copied);
            }
            catch (FileNotFoundException)
            {
                // Gone in between.
            }
        }
    }

    private static bool IsInside(string path, string folder) =>
        Path.GetFullPath(path).StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>SQLite's own backup, page by page inside one read transaction, so that it is of one moment however long it takes.</summary>
    private static long CopyStore(string dataDirectory, string to, bool alone, Action<long> copied)
    {
        Batteries_V2.Init();
        string path = Path.Combine(to, Store);
        long applied;
        using (SqliteConnection source = Open(Path.Combine(dataDirectory, Store), alone ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadOnly))
        using (SqliteConnection target = Open(path, SqliteOpenMode.ReadWriteCreate))
        using (SqliteTransaction moment = source.BeginTransaction(deferred: true))
        {
            applied = Applied(source, moment);
            using sqlite3_backup backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main");
            if (backup.IsInvalid) throw new IOException($"The store can't be copied: {raw.sqlite3_errmsg(target.Handle).utf8_to_string()}.");
            int pages = 0;
            for (int answer = raw.SQLITE_OK; answer != raw.SQLITE_DONE;)
            {
                answer = raw.sqlite3_backup_step(backup, PagesPerStep);
                if (answer is not (raw.SQLITE_OK or raw.SQLITE_DONE)) throw new IOException($"Copying the store failed: SQLite error {answer}.");
                int done = raw.sqlite3_backup_pagecount(backup) - raw.sqlite3_backup_remaining(backup);
                copied((done - pages) * 4096L);
                pages = done;
            }
        }

        FileCopy.Sync(path);
        return applied;
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout=10000;";
        command.ExecuteNonQuery();
        return connection;
    }

    private static long Applied(SqliteConnection connection, SqliteTransaction moment)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.Transaction = moment;
        command.CommandText = "SELECT value FROM meta WHERE key = 'applied'";
        return command.ExecuteScalar() as long? ?? 0;
    }
}
