namespace Oddity.Server.Commands;

/// <summary>A file to score.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Relative">Where its CSV goes below the output folder: its path below the folder that was named, or its name; without `.gz`.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record ScoreInput(string Path, string Relative, long Bytes)
{
    private static readonly string[] Extensions = [".csv", ".json", ".ndjson", ".jsonl", ".txt", ".tsv"];

    /// <summary>The files named, and those in the folders named whose names end like data, in order of their paths.</summary>
    /// <param name="names">What to read.</param>
    /// <param name="extensions">How names of data end; those of series if null.</param>
    /// <exception cref="UsageException">Two would have the same output.</exception>
    /// <exception cref="IOException">A name is neither.</exception>
    public static IReadOnlyList<ScoreInput> Find(IEnumerable<string> names, string[]? extensions = null)
    {
        ScoreInput[] inputs = [.. names.SelectMany(name => Expand(name, extensions ?? Extensions))];
        if (inputs.GroupBy(input => input.Relative, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UsageException($"Two inputs would be written to '{twice.Key}': {string.Join(", ", twice.Select(input => input.Path))}.");
        return inputs;
    }

    private static IEnumerable<ScoreInput> Expand(string name, string[] extensions)
    {
        if (File.Exists(name)) return [Of(name, System.IO.Path.GetFileName(name))];
        if (!Directory.Exists(name)) throw new FileNotFoundException($"There is no file or folder '{name}'.");
        return Directory.EnumerateFiles(name, "*", SearchOption.AllDirectories)
            .Where(file => extensions.Contains(System.IO.Path.GetExtension(WithoutGz(file)), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(file => Of(file, System.IO.Path.GetRelativePath(name, file)));
    }

    private static ScoreInput Of(string path, string relative) => new(path, WithoutGz(relative), new FileInfo(path).Length);

    private static string WithoutGz(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
}
