using System.Collections.Frozen;

namespace Oddity.Connectors.Sources.Files;

/// <summary>What the names of columns mean, in any case; of several that mean the same the first here is taken.</summary>
internal static class TableColumns
{
    public static IReadOnlyList<string> Time { get; } =
        ["timestamp", "@timestamp", "_time", "datetime", "date_time", "event_time", "time", "date", "ds", "ts", "t", "epoch"];

    public static IReadOnlyList<string> Value { get; } = ["value", "_value", "val", "y", "v"];

    public static IReadOnlyList<string> Metric { get; } = ["metric", "metric_name", "series", "name"];

    /// <summary>The truth of labelled data sets; never input to detection.</summary>
    public const string Truth = "label";

    private static readonly FrozenSet<string> s_known = Time.Concat(Value).Concat(Metric).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool IsKnown(string name) => s_known.Contains(name);

    public static bool IsTime(string name) => Time.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Index of the column that bears the first of these names; -1 if none does.</summary>
    public static int Find(IReadOnlyList<string> columns, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            for (int i = 0; i < columns.Count; i++)
            {
                if (columns[i].Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
            }
        }

        return -1;
    }
}
