namespace Oddity.Server.Configuration;

/// <summary>Reads one mapping of a structure: each name once, then <see cref="Done"/> complains of names nobody asked for.</summary>
internal sealed class MapReader(string key, ConfigMap map, SettingReader reader)
{
    private readonly List<string> _asked = [];

    public string Key => key;

    public Origin Origin => map.Origin;

    /// <summary>The mapping, or null and a mistake if the node is something else.</summary>
    public static MapReader? Of(string key, ConfigNode node, SettingReader reader)
    {
        if (node is ConfigMap map) return new(key, map, reader);
        if (node is ConfigScalar { Text: "" }) return new(key, new([], node.Origin), reader);
        reader.Mistake(key, "a mapping is expected here", node.Origin);
        return null;
    }

    /// <summary>A reader for each item of a list of mappings; keys end in <c>[0]</c>, <c>[1]</c>, ….</summary>
    public static IEnumerable<MapReader> Items(string key, ConfigNode? node, SettingReader reader)
    {
        if (node is null or ConfigScalar { Text: "" }) return [];
        if (node is ConfigList list) return list.Items.Select((item, index) => Of($"{key}[{index}]", item, reader)).OfType<MapReader>().ToList();
        reader.Mistake(key, "a list is expected here", node.Origin);
        return [];
    }

    public ConfigNode? Node(string name)
    {
        _asked.Add(name);
        return map.Find(name);
    }

    /// <summary>The value under a name; the default where it is absent or wrong.</summary>
    public T Value<T>(string name, Kind<T> kind, T byDefault)
    {
        ConfigNode? node = Node(name);
        return node is null ? byDefault : Parse(name, kind, node) is { Wrong: null } parsed ? parsed.Value : byDefault;
    }

    /// <summary>The same; null and a mistake where it is absent.</summary>
    public T? Required<T>(string name, Kind<T> kind)
        where T : class
    {
        ConfigNode? node = Node(name);
        if (node is not (null or ConfigScalar { Text: "" })) return Parse(name, kind, node).Value;
        reader.Mistake(key, $"'{name}' is missing", map.Origin);
        return null;
    }

    /// <summary>A mapping inside, by the name it is under; null where there is none.</summary>
    public MapReader? Map(string name) => Node(name) is { } node ? Of($"{key}.{name}", node, reader) : null;

    /// <summary>All names with their values as text, for parameters whose names only their reader knows.</summary>
    public Dictionary<string, (string Text, Origin Origin)> Texts()
    {
        var texts = new Dictionary<string, (string, Origin)>(StringComparer.Ordinal);
        foreach ((string name, ConfigNode node) in map.Entries)
        {
            if (node is ConfigScalar scalar) texts[name] = (scalar.Text, scalar.Origin);
            else reader.Mistake($"{key}.{name}", "a single value is expected here", node.Origin);
        }

        return texts;
    }

    public void Mistake(string name, string what) => reader.Mistake($"{key}.{name}", what, map.Find(name)?.Origin ?? map.Origin);

    /// <summary>Ends the reading.</summary>
    public void Done()
    {
        foreach ((string name, ConfigNode node) in map.Entries)
        {
            if (!_asked.Contains(name)) reader.Mistake($"{key}.{name}", $"unknown name{Suggestion.For(name, _asked)}", node.Origin);
        }
    }

    private Parsed<T> Parse<T>(string name, Kind<T> kind, ConfigNode node)
    {
        Parsed<T> parsed = SettingReader.Parse(kind, node);
        if (parsed.Wrong is not null) reader.Mistake($"{key}.{name}", parsed.Wrong, node.Origin);
        return parsed;
    }
}
