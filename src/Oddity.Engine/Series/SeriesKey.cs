using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Oddity.Engine.Series;

/// <summary>
/// Who a sample belongs to: tenant, metric name and sorted labels. <see cref="Text"/> is the canonical form, <c>name{a="x",b="y"}</c>; a name with
/// characters that would be ambiguous there is quoted, <c>{"odd name",a="x"}</c>. Two keys are equal when tenant and text are.
/// </summary>
/// <remarks>There may be a million, so a key holds its text once, as UTF-8, and makes strings of it when somebody asks.</remarks>
public sealed class SeriesKey : IEquatable<SeriesKey>
{
    /// <summary>The tenant of a server that has only one.</summary>
    public const string DefaultTenant = "default";

    private readonly byte[] _utf8;

    // Where the text is no Unicode, with half a surrogate pair: such a key may not enter, but has to be told apart until it is refused.
    private readonly string? _odd;
    private readonly int _hash;
    private ulong _seed;

    private SeriesKey(string tenant, byte[] utf8, string? odd)
    {
        (Tenant, _utf8, _odd) = (tenant, utf8, odd);
        var hash = default(HashCode);
        hash.Add(tenant);
        hash.AddBytes(utf8);
        if (odd is not null) hash.Add(odd);
        _hash = hash.ToHashCode();
    }

    public string Tenant { get; }

    public string Metric => SeriesKeyParser.MetricOf(Text);

    /// <summary>Sorted by name (ordinal), names unique, values not empty.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels => SeriesKeyParser.TryRead(Text, out _, out List<KeyValuePair<string, string>> labels) ? labels : [];

    public string Text => _odd ?? Encoding.UTF8.GetString(_utf8);

    /// <summary>The same on every machine: 64 bits of SHA-256 of tenant and text. Seeds detectors and picks the owner shard.</summary>
    public ulong Seed => _seed != 0 ? _seed : _seed = ComputeSeed();

    /// <summary><see cref="Text"/> as UTF-8.</summary>
    internal ReadOnlySpan<byte> Utf8Text => _utf8;

    /// <summary>Makes a key from labels in any order. A label with an empty value counts as absent; of a name given twice the last stays.</summary>
    public static SeriesKey Create(string tenant, string metric, IEnumerable<KeyValuePair<string, string>>? labels = null)
    {
        if (labels is null) return Of(tenant, Format(metric, []));
        var sorted = new List<KeyValuePair<string, string>>();
        foreach (KeyValuePair<string, string> label in labels) Insert(sorted, label);
        sorted.RemoveAll(label => label.Value.Length == 0);
        return Of(tenant, Format(metric, sorted));
    }

    /// <summary>Reads <see cref="Text"/> back, and the same with labels in any order and spaces between; false if it is neither.</summary>
    public static bool TryParse(string tenant, string text, out SeriesKey key)
    {
        bool read = SeriesKeyParser.TryRead(text, out string metric, out List<KeyValuePair<string, string>> labels);
        key = read ? Create(tenant, metric, labels) : null!;
        return read;
    }

    public string? Label(string name) => Labels.FirstOrDefault(label => label.Key == name).Value;

    public bool Equals(SeriesKey? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && _utf8.AsSpan().SequenceEqual(other._utf8) && Tenant == other.Tenant && _odd == other._odd);

    public override bool Equals(object? obj) => Equals(obj as SeriesKey);

    public override int GetHashCode() => _hash;

    public override string ToString() => Text;

    /// <summary>As <see cref="TryParse(string, string, out SeriesKey)"/>, of the bytes that the log and the store hold; mostly they are a key's own and need no reading.</summary>
    internal static bool TryParse(string tenant, ReadOnlySpan<byte> utf8, out SeriesKey key)
    {
        if (!SeriesKeyParser.IsPlain(utf8)) return TryParse(tenant, Encoding.UTF8.GetString(utf8), out key);
        key = new(tenant, utf8.ToArray(), null);
        return true;
    }

    /// <summary>Keeps the list sorted by name; a name that is there gets the new value. Labels mostly come sorted, and are few.</summary>
    private static void Insert(List<KeyValuePair<string, string>> sorted, KeyValuePair<string, string> label)
    {
        int at = sorted.Count, order = 1;
        while (at > 0 && (order = string.CompareOrdinal(sorted[at - 1].Key, label.Key)) > 0) at--;
        if (at > 0 && order == 0) sorted[at - 1] = label;
        else sorted.Insert(at, label);
    }

    private static SeriesKey Of(string tenant, string text)
    {
        byte[] utf8 = new byte[Encoding.UTF8.GetByteCount(text)];
        bool whole = Utf8.FromUtf16(text, utf8, out _, out _, replaceInvalidSequences: false) == System.Buffers.OperationStatus.Done;
        return new(tenant, whole ? utf8 : Encoding.UTF8.GetBytes(text), whole ? null : text);
    }

    private ulong ComputeSeed()
    {
        int tenant = Encoding.UTF8.GetByteCount(Tenant), size = tenant + 1 + _utf8.Length;
        Span<byte> text = size <= 1024 ? stackalloc byte[size] : new byte[size], hash = stackalloc byte[SHA256.HashSizeInBytes];
        Encoding.UTF8.GetBytes(Tenant, text);
        text[tenant] = (byte)'\n';
        _utf8.CopyTo(text[(tenant + 1)..]);
        SHA256.HashData(text, hash);
        return BitConverter.ToUInt64(hash) | 1;
    }

    private static string Format(string metric, List<KeyValuePair<string, string>> labels)
    {
        bool bare = SeriesKeyParser.IsBare(metric);
        if (bare && labels.Count == 0) return metric;
        var text = new StringBuilder(metric.Length + labels.Count * 24);
        if (bare) text.Append(metric).Append('{');
        else Quote(text.Append('{'), metric);
        for (int i = 0; i < labels.Count; i++)
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
