using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Oddity.Connectors.Sources.Scrape;

/// <summary>One step of Prometheus' relabelling. Regular expressions fit whole values and run in time linear in them, as Go's do.</summary>
public sealed record RelabelRule
{
    private readonly Regex _regex = new("^(?:(.*))$", Options);

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant;

    public RelabelAction Action { get; init; }

    /// <summary>Labels whose values are looked at, joined. Default: none.</summary>
    public IReadOnlyList<string> SourceLabels { get; init; } = [];

    /// <summary>What joins them. Default ";".</summary>
    public string Separator { get; init; } = ";";

    /// <summary>The label that is set. With <see cref="RelabelAction.Replace"/> it may hold <c>$1</c>.</summary>
    public string TargetLabel { get; init; } = "";

    /// <summary>What it is set to: <c>$1</c>, <c>${1}</c> and <c>${name}</c> are groups. Default "$1".</summary>
    public string Replacement { get; init; } = "$1";

    /// <summary>Modulus of <see cref="RelabelAction.HashMod"/>.</summary>
    public ulong Modulus { get; init; } = 1;

    /// <summary>The regular expression. Default "(.*)".</summary>
    /// <exception cref="ArgumentException">It is none, or needs backtracking.</exception>
    /// <exception cref="NotSupportedException">The same.</exception>
    public string Regex
    {
        get;
        init
        {
            field = value;
            _regex = new($"^(?:{value.Replace("(?P<", "(?<", StringComparison.Ordinal)})$", Options); // As Go writes groups with names.
        }
    }

    = "(.*)";

    /// <summary>Applies the rules one after another; false if one of them drops the labels' owner.</summary>
    public static bool Apply(IReadOnlyList<RelabelRule> rules, SortedDictionary<string, string> labels)
    {
        foreach (RelabelRule rule in rules)
        {
            if (!rule.Apply(labels)) return false;
        }

        return true;
    }

    private bool Apply(SortedDictionary<string, string> labels)
    {
        string source = string.Join(Separator, SourceLabels.Select(name => labels.GetValueOrDefault(name, "")));
        switch (Action)
        {
            case RelabelAction.Keep: return _regex.IsMatch(source);
            case RelabelAction.Drop: return !_regex.IsMatch(source);
            case RelabelAction.KeepEqual: return labels.GetValueOrDefault(TargetLabel, "") == source;
            case RelabelAction.DropEqual: return labels.GetValueOrDefault(TargetLabel, "") != source;
            case RelabelAction.Replace: Replace(source, labels); break;
            case RelabelAction.HashMod: Set(labels, TargetLabel, (Hash(source) % Modulus).ToString(CultureInfo.InvariantCulture)); break;
            case RelabelAction.Lowercase: Set(labels, TargetLabel, Lower(source)); break;
            case RelabelAction.Uppercase: Set(labels, TargetLabel, source.ToUpperInvariant()); break;
            case RelabelAction.LabelMap:
                foreach ((string name, string value) in labels.ToArray())
                {
                    if (_regex.Match(name) is { Success: true } match) Set(labels, Expand(Replacement, match), value);
                }

                break;
            case RelabelAction.LabelDrop or RelabelAction.LabelKeep:
                foreach (string name in labels.Keys.Where(name => _regex.IsMatch(name) == (Action == RelabelAction.LabelDrop)).ToArray()) labels.Remove(name);
                break;
        }

        return true;
    }

    private void Replace(string source, SortedDictionary<string, string> labels)
    {
        if (_regex.Match(source) is not { Success: true } match) return;
        string target = Expand(TargetLabel, match);
        if (target.Length > 0) Set(labels, target, Expand(Replacement, match));
    }

    private static void Set(SortedDictionary<string, string> labels, string name, string value)
    {
        if (value.Length == 0) labels.Remove(name);
        else if (name.Length > 0) labels[name] = value;
    }

    /// <summary>Puts groups in the place of <c>$name</c>, whose name is as long as it can be, and <c>${name}</c>; a group that is not there is empty; <c>$$</c> is a dollar.</summary>
    private static string Expand(string template, Match match)
    {
        if (!template.Contains('$', StringComparison.Ordinal)) return template;
        var text = new StringBuilder();
        for (int at = 0; at < template.Length; at++)
        {
            if (template[at] != '$' || at + 1 == template.Length)
            {
                text.Append(template[at]);
                continue;
            }

            int start = at + 1, end = start;
            if (template[start] == '$')
            {
                text.Append('$');
                at++;
                continue;
            }

            bool braces = template[start] == '{';
            if (braces) end = template.IndexOf('}', ++start);
            else while (end < template.Length && (char.IsAsciiLetterOrDigit(template[end]) || template[end] == '_')) end++;
            if (end <= start)
            {
                text.Append('$');
                continue;
            }

            string group = template[start..end];
            text.Append(int.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? match.Groups[number].Value : match.Groups[group].Value);
            at = braces ? end : end - 1;
        }

        return text.ToString();
    }

    [SuppressMessage("Security", "CA5351", Justification = "No secret: which share of the targets is whose must be the same as Prometheus computes it.")]
    private static ulong Hash(string source) => BinaryPrimitives.ReadUInt64BigEndian(MD5.HashData(Encoding.UTF8.GetBytes(source)).AsSpan(8));

    [SuppressMessage("Globalization", "CA1308", Justification = "That is what the action is called.")]
    private static string Lower(string source) => source.ToLowerInvariant();
}
