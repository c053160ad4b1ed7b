using Oddity.Connectors.Yaml;
using YamlDotNet.RepresentationModel;

namespace Oddity.Connectors.Sources.Scrape;

/// <summary>Reads files of targets: a list of <c>{targets: [host:port], labels: {name: value}}</c>, as YAML or as JSON, which YAML contains.</summary>
internal static class TargetFile
{
    /// <summary>The groups in a text.</summary>
    /// <exception cref="FormatException">It is no such list; the message says where.</exception>
    public static List<TargetGroup> Parse(string text)
    {
        // Files of one list are not mappings, which is all that the safe reader gives: the list becomes the value of one.
        string nested = string.Join('\n', text.Split('\n').Select(line => "  " + line));
        YamlMappingNode root = SafeYaml.LoadMapping("groups:\n" + nested);
        if (root.Children.Count != 1) throw new FormatException("not a list of target groups");
        YamlNode value = root.Children.First().Value;
        if (value is YamlScalarNode { Value: null or "" }) return [];
        return value is YamlSequenceNode groups ? [.. groups.Children.Select(Group)] : throw At(value, "a list of target groups is expected");
    }

    private static TargetGroup Group(YamlNode node)
    {
        if (node is not YamlMappingNode map) throw At(node, "a group is {targets: […], labels: {…}}");
        (List<string> targets, List<KeyValuePair<string, string>> labels) = ([], []);
        foreach ((YamlNode key, YamlNode value) in map.Children)
        {
            switch (Text(key))
            {
                case "targets" when value is YamlSequenceNode list: targets.AddRange(list.Children.Select(Text)); break;
                case "labels" when value is YamlMappingNode names: labels.AddRange(names.Children.Select(pair => KeyValuePair.Create(Text(pair.Key), Text(pair.Value)))); break;
                case "labels" when value is YamlScalarNode { Value: null or "" or "null" }: break;
                default: throw At(key, "a group has a list of targets, and labels");
            }
        }

        return new(targets, labels);
    }

    private static string Text(YamlNode node) => node is YamlScalarNode scalar ? scalar.Value ?? "" : throw At(node, "a text is expected");

    private static FormatException At(YamlNode node, string what) => new($"line {node.Start.Line - 1}: {what}");
}
