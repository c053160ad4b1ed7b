namespace Oddity.Connectors.Sources.Scrape;

/// <summary>Knows the targets of all jobs: those named in place, and those in files, which are read again when they changed. Used by one loop alone.</summary>
internal sealed class TargetFinder(ScrapeOptions options)
{
    private const int MostFileBytes = 1 << 20;
    private const int LooksBetween = 5;

    private readonly Dictionary<string, (string Stamp, List<TargetGroup> Groups)> _files = new(StringComparer.Ordinal);
    private int _untilLook;

    /// <summary>All, in the order of the jobs.</summary>
    public IReadOnlyList<ScrapeTarget> Targets { get; private set; } = [];

    /// <summary>What is wrong with files and addresses.</summary>
    public IReadOnlyList<string> Troubles { get; private set; } = [];

    /// <summary>Looks at the files, at every fifth call; true if the targets may have changed.</summary>
    public bool Look()
    {
        if (_untilLook-- > 0) return false;
        bool first = Targets.Count == 0 && _files.Count == 0;
        _untilLook = LooksBetween - 1;
        var troubles = new List<string>();
        bool changed = ReadFiles(troubles);
        if (!changed && !first) return false;
        var targets = new Dictionary<string, ScrapeTarget>(StringComparer.Ordinal);
        int beyond = 0;
        foreach ((ScrapeJob job, string address, IReadOnlyList<KeyValuePair<string, string>> labels) in Addresses())
        {
            try
            {
                if (ScrapeTarget.Of(job, address, labels) is not { } target) continue;
                if (targets.Count < options.MaxTargets) targets.TryAdd(target.Identity, target);
                else beyond++;
            }
            catch (FormatException wrong)
            {
                troubles.Add($"{job.Name}: {wrong.Message}");
            }
        }

        if (beyond > 0) troubles.Add($"{beyond} targets beyond the limit left out");
        (Targets, Troubles) = ([.. targets.Values], troubles);
        return true;
    }

    private IEnumerable<(ScrapeJob Job, string Address, IReadOnlyList<KeyValuePair<string, string>> Labels)> Addresses() =>
        from job in options.Jobs
        from groups in job.TargetFiles.SelectMany(Expand).Distinct().Select(path => _files.GetValueOrDefault(path).Groups ?? []).Prepend(job.Groups)
        from target in groups
        from address in target.Targets
        select (job, address, target.Labels);

    /// <summary>A file that became unreadable or wrong keeps its targets, as at Prometheus: better old ones than none.</summary>
    private bool ReadFiles(List<string> troubles)
    {
        bool changed = false;
        HashSet<string> paths = [.. options.Jobs.SelectMany(job => job.TargetFiles).SelectMany(Expand)];
        foreach (string path in paths)
        {
            try
            {
                var file = new FileInfo(path);
                string stamp = $"{file.Length} {file.LastWriteTimeUtc.Ticks}";
                if (_files.TryGetValue(path, out (string Stamp, List<TargetGroup> Groups) known) && known.Stamp == stamp) continue;
                changed = true;
                if (file.Length > MostFileBytes) throw new FormatException($"longer than {MostFileBytes} bytes");
                _files[path] = (stamp, TargetFile.Parse(File.ReadAllText(path)));
            }
            catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
            {
                troubles.Add($"{Path.GetFileName(path)}: {(wrong is FormatException ? wrong.Message : "the file cannot be read")}");
                changed = true;
            }
        }

        foreach (string gone in _files.Keys.Where(path => !paths.Contains(path)).ToArray()) changed |= _files.Remove(gone);
        return changed;
    }

    private static string[] Expand(string path)
    {
        string name = Path.GetFileName(path);
        if (!name.Contains('*', StringComparison.Ordinal)) return File.Exists(path) ? [path] : [];
        string folder = Path.GetDirectoryName(path) is { Length: > 0 } given ? given : ".";
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, name).Order(StringComparer.Ordinal)] : [];
    }
}
