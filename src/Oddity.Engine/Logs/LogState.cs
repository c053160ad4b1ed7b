using Microsoft.Extensions.Logging;
using Oddity.Detection;
using Oddity.Engine.Storage;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Logs;

/// <summary>What is known of templates and counts, in a file beside the lines; the blocks after it are counted again after a crash.</summary>
internal sealed class LogState(string folder, ILogger log)
{
    private const int ChecksumBytes = sizeof(uint);

    private readonly string _path = Path.Combine(folder, "state.bin");

    /// <exception cref="IOException">It can't be written; the one before is there.</exception>
    public void Save(LogFold fold)
    {
        var writer = new StateWriter();
        fold.Save(writer);
        DurableFile.Replace(_path, [.. BitConverter.GetBytes(LogRecord.Crc32C(writer.Written)), .. writer.Written]);
    }

    /// <summary>Brings a fold to where it was; a damaged file leaves it as it is.</summary>
    public void Load(LogFold fold)
    {
        if (!File.Exists(_path)) return;
        try
        {
            byte[] bytes = File.ReadAllBytes(_path);
            if (bytes.Length < ChecksumBytes || BitConverter.ToUInt32(bytes) != LogRecord.Crc32C(bytes.AsSpan(ChecksumBytes))) throw new InvalidDataException("The state is damaged.");
            fold.Load(new(bytes.AsMemory(ChecksumBytes)));
        }
        catch (InvalidDataException error)
        {
            log.LogError(error, "What was known of log templates can't be read; what is kept of the lines is counted again");
        }
    }
}
