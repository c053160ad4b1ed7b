using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Storage;

/// <summary>
/// What a data directory was last opened with, beside its data: a command that looks into it goes on by the same rules, whatever its own configuration
/// says. Otherwise it would apply what waits in the log with other detectors, or forget what the server was told to keep.
/// One line of JSON, one line with its checksum. Who hears of anomalies is left out: that decides no result.
/// </summary>
public static class LastOptions
{
    private const string FileName = "options.json";

    /// <summary>The options the directory was last opened with; those asked for where it never was.</summary>
    /// <param name="asked">Its data directory counts, and its alerting.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static EngineOptions Read(EngineOptions asked)
    {
        string path = Path.Combine(asked.DataDirectory, FileName);
        if (!File.Exists(path)) return asked;
        string[] lines = File.ReadAllText(path).Split('\n');
        EngineOptions? last = lines.Length >= 2 && lines[1] == Checksum(lines[0]) ? JsonSerializer.Deserialize(lines[0], LastOptionsJson.Default.EngineOptions) : null;
        if (last is null) throw new InvalidDataException($"{FileName} of the data directory is damaged: start the server once, which writes it anew.");
        return last with { DataDirectory = asked.DataDirectory, Alerting = asked.Alerting };
    }

    /// <summary>Keeps them; called while the directory is locked. Writes only what changed.</summary>
    internal static void Write(EngineOptions options)
    {
        string path = Path.Combine(options.DataDirectory, FileName);
        string json = JsonSerializer.Serialize(options with { DataDirectory = "", Alerting = new() }, LastOptionsJson.Default.EngineOptions);
        string text = $"{json}\n{Checksum(json)}\n";
        if (File.Exists(path) && File.ReadAllText(path) == text) return;
        DurableFile.Replace(path, Encoding.UTF8.GetBytes(text));
    }

    private static string Checksum(string json) => LogRecord.Crc32C(Encoding.UTF8.GetBytes(json)).ToString("x8", CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(EngineOptions))]
internal sealed partial class LastOptionsJson : JsonSerializerContext;
