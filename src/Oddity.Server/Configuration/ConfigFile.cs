using Oddity.Connectors.Yaml;
using YamlDotNet.RepresentationModel;

namespace Oddity.Server.Configuration;

/// <summary>Reads oddity.yml into <see cref="ConfigNode"/>s that know their line.</summary>
internal static class ConfigFile
{
    /// <summary>The file's tree.</summary>
    /// <exception cref="FormatException">It is no YAML mapping, or more than a configuration ever is; the message says where.</exception>
    public static ConfigMap Parse(string text, string name) => Map(SafeYaml.LoadMapping(text), name);

    /// <summary>Reads a structure that was given as one text, such as a list in an environment variable.</summary>
    public static ConfigNode ParseValue(string text, Origin origin)
    {
        YamlMappingNode wrapper = SafeYaml.LoadMapping($"value: {text}");
        return wrapper.Children.Count == 1 ? Relocate(Node(wrapper.Children.First().Value, ""), origin) : new ConfigScalar(text, origin);
    }

    private static ConfigNode Node(YamlNode node, string name)
    {
        Origin origin = Origin.File(name, (int)node.Start.Line);
        return node switch
        {
            YamlMappingNode map => Map(map, name),
            YamlSequenceNode list => new ConfigList([.. list.Children.Select(child => Node(child, name))], origin),
            YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "~" or "null" } => new ConfigScalar("", origin),
            YamlScalarNode scalar => new ConfigScalar(scalar.Value ?? "", origin),
            _ => throw new FormatException($"line {node.Start.Line}: neither a value, a list nor a mapping"),
        };
    }

    private static ConfigMap Map(YamlMappingNode map, string name) => new(
        [.. map.Children.Select(child => KeyValuePair.Create(Name(child.Key), Node(child.Value, name)))],
        Origin.File(name, (int)map.Start.Line));

    private static string Name(YamlNode key) =>
        key is YamlScalarNode { Value: { } name } ? name : throw new FormatException($"line {key.Start.Line}: a name must be a plain text");

    private static ConfigNode Relocate(ConfigNode node, Origin origin) => node switch
    {
        ConfigMap map => new ConfigMap([.. map.Entries.Select(entry => KeyValuePair.Create(entry.Key, Relocate(entry.Value, origin)))], origin),
        ConfigList list => new ConfigList([.. list.Items.Select(item => Relocate(item, origin))], origin),
        _ => node with { Origin = origin },
    };
}
