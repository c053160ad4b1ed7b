using System.Security.Cryptography;
using System.Text.Json;

namespace Oddity.Engine.Storage.Copies;

/// <summary>What a backup consists of, with checksums; written last, so that a backup without one is none.</summary>
/// <param name="Format">1; a later one is refused.</param>
/// <param name="Created">When the backup was finished, ISO 8601 in UTC.</param>
/// <param name="Applied">Sequence number up to which the store holds what the log led to; the log in the backup may go further.</param>
/// <param name="Files">Every file but this one.</param>
public sealed record BackupManifest(int Format, string Created, long Applied, IReadOnlyList<BackupManifest.Entry> Files)
{
    /// <summary>Its name in the folder of the backup.</summary>
    public const string FileName = "manifest.json";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <param name="Path">Relative, with slashes.</param>
    /// <param name="Bytes">Its size.</param>
    /// <param name="Sha256">64 hexadecimal digits.</param>
    public sealed record Entry(string Path, long Bytes, string Sha256);

    internal static Entry EntryOf(string folder, string path)
    {
        using FileStream file = File.OpenRead(path);
        string relative = System.IO.Path.GetRelativePath(folder, path).Replace('\\', '/');
        return new(relative, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
    }

    internal void Write(string folder)
    {
        string path = System.IO.Path.Combine(folder, FileName);
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(this, Json));
        FileCopy.Sync(path + ".new");
        File.Move(path + ".new", path);
        DurableFile.SyncFolder(folder);
    }

    /// <summary>Reads the manifest of a backup's folder.</summary>
    /// <exception cref="InvalidDataException">There is none, it can't be read, or it is of a later format.</exception>
    public static BackupManifest Read(string folder)
    {
        string path = System.IO.Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new InvalidDataException($"'{folder}' is no backup, or an unfinished one: it has no {FileName}.");
        try
        {
            BackupManifest? manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(path), Json);
            if (manifest is not { Format: 1, Files: not null }) throw new InvalidDataException("The backup's manifest is of a format that this version does not know.");
            return manifest;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException("The backup's manifest can't be read.", error);
        }
    }

    /// <summary>Makes sure that a file of the backup is what it was; returns where it is.</summary>
    /// <exception cref="InvalidDataException">It is missing or another.</exception>
    internal static string Check(string folder, Entry entry)
    {
        string root = System.IO.Path.GetFullPath(folder) + System.IO.Path.DirectorySeparatorChar, path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, entry.Path));
        if (!path.StartsWith(root, StringComparison.Ordinal)) throw new InvalidDataException("The backup's manifest names a file outside of it.");
        if (!File.Exists(path)) throw new InvalidDataException($"The backup is damaged: {entry.Path} is missing.");
        if (EntryOf(folder, path) != entry) throw new InvalidDataException($"The backup is damaged: {entry.Path} is not what it was.");
        return path;
    }
}
