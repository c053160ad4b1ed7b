namespace Oddity.Server.Configuration;

/// <summary>A piece of configuration as it was written, before anybody decided what it means.</summary>
internal abstract record ConfigNode(Origin Origin);

/// <summary>A single value as text; empty for one that was left out, as in <c>key:</c>.</summary>
internal sealed record ConfigScalar(string Text, Origin Origin) : ConfigNode(Origin);

internal sealed record ConfigList(IReadOnlyList<ConfigNode> Items, Origin Origin) : ConfigNode(Origin);

/// <summary>Values by name, in the order they were written. Names are compared as they are: lower case with underscores.</summary>
internal sealed record ConfigMap(IReadOnlyList<KeyValuePair<string, ConfigNode>> Entries, Origin Origin) : ConfigNode(Origin)
{
    public ConfigNode? Find(string name) => Entries.FirstOrDefault(entry => entry.Key == name).Value;
}
