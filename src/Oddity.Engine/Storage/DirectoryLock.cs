namespace Oddity.Engine.Storage;

/// <summary>Holds the data directory for this process; the operating system lets go of it when the process ends, however it ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    /// <summary>EROFS: a file system that can't be written is no other Oddity.</summary>
    private const int ReadOnlyFileSystem = 30;

    private readonly FileStream _file;

    /// <exception cref="DataDirectoryInUseException">Another process holds it.</exception>
    public DirectoryLock(string directory)
    {
        // What people keep in it is nobody else's business. A folder that is there keeps its mode: its owner chose it.
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string path = Path.Combine(directory, "lock");
        try
        {
            _file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists(path) && error.HResult != ReadOnlyFileSystem && error is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new DataDirectoryInUseException(directory);
        }
    }

    public void Dispose() => _file.Dispose();
}
