using System.Security.Cryptography;
using System.Text;

namespace Oddity.Engine.Series;

/// <summary>
/// Who a sample belongs to: tenant, metric name and sorted labels. <see cref="Text"/> is the canonical form, <c>name{a="x",b="y"}</c>; a name with
/// characters that would be ambiguous there is quoted, <c>{"odd name",a="x"}</c>. Two keys are equal when tenant and text are.
/// </summary>
public sealed class SeriesKey : IEquatable<SeriesKey>
{
    /// <summary>The tenant of a server that has only one.</summary>
    public const string DefaultTenant = "default";

    private readonly int _hash;
    private ulong _seed;

    private SeriesKey(string tenant, string metric, KeyValuePair<string, string>[] sortedLabels)
    {
        (Tenant, Metric, Labels) = (tenant, metric, sortedLabels);
        Text = Format(metric, sortedLabels);
        _hash = HashCode.Combine(tenant, Text);
    }

    public string Tenant { get; }

    public string Metric { get; }

    /// <summary>Sorted by name (ordinal), names unique, values not empty.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; }

    public string Text { get; }

    /// <summary>The same on every machine: 64 bits of SHA-256 of tenant and text. Seeds detectors and picks the owner shard.</summary>
    public ulong Seed => _seed != 0 ? _seed : _seed = ComputeSeed();

    /// <summary>Makes a key from labels in any order. A label with an empty value counts as absent; of a name given twice the last stays.</summary>
    public static SeriesKey Create(string tenant, string metric, IEnumerable<KeyValuePair<string, string>>? labels = null)
    {
        if (labels is null) return new(tenant, metric, []);
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in labels) sorted[name] = value;
        return new(tenant, metric, [.. sorted.Where(label => label.Value.Length > 0)]);
    }

    /// <summary>Reads <see cref="Text"/> back, and the same with labels in any order and spaces between; false if it is neither.</summary>
    public static bool TryParse(string tenant, string text, out SeriesKey key) => SeriesKeyParser.TryParse(tenant, text, out key);

    public string? Label(string name) => Labels.FirstOrDefault(label => label.Key == name).Value;

    public bool Equals(SeriesKey? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Text == other.Text && Tenant == other.Tenant);

    public override bool Equals(object? obj) => Equals(obj as SeriesKey);

    public override int GetHashCode() => _hash;

    public override string ToString() => Text;

    private ulong ComputeSeed() => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{Tenant}\n{Text}"))) | 1;

    private static string Format(string metric, KeyValuePair<string, string>[] labels)
    {
        bool bare = SeriesKeyParser.IsBare(metric);
        if (bare && labels.Length == 0) return metric;
        var text = new StringBuilder(metric.Length + labels.Length * 24);
        if (bare) text.Append(metric).Append('{');
        else Quote(text.Append('{'), metric);
        for (int i = 0; i < labels.Length; i++)
        {
            if (i > 0 || !bare) text.Append(',');
            if (SeriesKeyParser.IsBare(labels[i].Key)) text.Append(labels[i].Key);
            else Quote(text, labels[i].Key);
            Quote(text.Append('='), labels[i].Value);
        }

        return text.Append('}').ToString();
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            if (c == '\n') text.Append("\\n");
            else if (c is '"' or '\\') text.Append('\\').Append(c);
            else text.Append(c);
        }

        text.Append('"');
    }
}
