using System.Text.Json;
using Oddity.Connectors.Sources;

namespace Oddity.Server.Commands;

/// <summary>
/// Finds labelled data in a folder: the layout of the Numenta benchmark (series under <c>data/</c>, windows in <c>labels/combined_windows.json</c>), or
/// tables with a column <c>label</c>.
/// </summary>
internal static class LabelledData
{
    private const string Labels = "labels/combined_windows.json";

    /// <summary>The folder's inputs, in order of their paths.</summary>
    /// <exception cref="IOException">There is no such folder, or nothing in it, or labels name a file that is missing.</exception>
    /// <exception cref="InvalidDataException">The labels can't be read.</exception>
    public static IReadOnlyList<LabelledInput> Find(string folder)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
        string labels = Path.Combine(folder, Labels);
        LabelledInput[] inputs = File.Exists(labels)
            ? [.. ReadWindows(labels).OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => new LabelledInput(Named(folder, file.Name), file.Windows))]
            : [.. ScoreInput.Find([folder]).Select(file => new LabelledInput(file, null))];
        return inputs.Length > 0 ? inputs : throw new FileNotFoundException($"There is no data in '{folder}'. Expected are {Expected}.");
    }

    /// <summary>What a folder should hold, for messages.</summary>
    public static string Expected => $"CSV files with a column 'label' (timestamp,value,label), or series under data/ and {Labels}";

    private static ScoreInput Named(string folder, string name)
    {
        string data = Path.GetFullPath(Path.Combine(folder, "data"));
        string path = Path.GetFullPath(Path.Combine(data, name));
        if (!path.StartsWith(data + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !(File.Exists(path) || File.Exists(path += ".gz")))
            throw new FileNotFoundException($"'{Path.Combine(folder, Labels)}' names '{name}', which is not under data/.");
        return new(path, name, new FileInfo(path).Length);
    }

    private static List<(string Name, IReadOnlyList<(long StartMs, long EndMs)> Windows)> ReadWindows(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            var files = new List<(string Name, IReadOnlyList<(long StartMs, long EndMs)> Windows)>();
            foreach (JsonProperty file in document.RootElement.EnumerateObject())
                files.Add((file.Name, [.. file.Value.EnumerateArray().Select(window => (Time(window[0]), Time(window[1]))).OrderBy(window => window.Item1)]));
            return files;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            throw new InvalidDataException($"'{path}' is not as expected, {{\"file.csv\": [[\"start\", \"end\"], …]}}: {failure.Message}", failure);
        }
    }

    private static long Time(JsonElement time)
    {
        string text = time.GetString() ?? "";
        return EventTime.TryParse(System.Text.Encoding.UTF8.GetBytes(text), TimePrecision.Auto, out long ms) ? ms : throw new FormatException($"'{text}' is no time.");
    }
}
