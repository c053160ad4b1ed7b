namespace Oddity.Server.Configuration;

/// <summary>Reads settings to values, strongest place first, and keeps what `config explain` and `config check` tell.</summary>
internal sealed class SettingReader(SettingSources sources)
{
    private readonly List<SettingValue> _values = [];
    private readonly List<Mistake> _mistakes = [];
    private readonly List<string> _notices = [];

    public IReadOnlyList<SettingValue> Values => _values;

    public IReadOnlyList<Mistake> Mistakes => _mistakes;

    public IReadOnlyList<string> Notices => _notices;

    public SettingSources Sources => sources;

    /// <summary>The setting's value; its default where nothing is written or what is written is wrong.</summary>
    public T Read<T>(Setting<T> setting) => Read(setting, out _);

    /// <summary>The same, and where the value came from.</summary>
    public T Read<T>(Setting<T> setting, out Origin origin)
    {
        List<ConfigNode> written = sources.Find(setting, _mistakes);
        NoteContradictions(setting, written);
        origin = Origin.Default;
        T value = setting.Default;
        if (written.Count > 0)
        {
            Parsed<T> parsed = Parse(setting.Kind, written[0]);
            if (parsed.Wrong is null) (value, origin) = (parsed.Value, written[0].Origin);
            else Mistake(setting.Key, setting.Secret ? $"not a {setting.KindName}" : parsed.Wrong, written[0].Origin);
        }

        string text = setting.Kind.Format(value);
        Value(setting.Key, setting.Secret && text.Length > 0 ? "***" : text, origin);
        return value;
    }

    /// <summary>The strongest that was written for a structure; null for nothing. A text is read as YAML.</summary>
    public ConfigNode? Read(Structure setting)
    {
        ConfigNode? written = sources.Find(setting, _mistakes).FirstOrDefault();
        if (written is not ConfigScalar { Origin.Place: OriginPlace.Environment } scalar) return written;
        try
        {
            return ConfigFile.ParseValue(scalar.Text, scalar.Origin);
        }
        catch (FormatException error)
        {
            Mistake(setting.Key, error.Message, scalar.Origin);
            return null;
        }
    }

    public void Value(string key, string text, Origin origin) => _values.Add(new(key, text, origin));

    public void Mistake(string key, string what, Origin? origin) => _mistakes.Add(new(key, what, origin));

    public void Notice(string text) => _notices.Add(text);

    internal static Parsed<T> Parse<T>(Kind<T> kind, ConfigNode node) => node switch
    {
        ConfigScalar scalar => kind.Parse(scalar.Text.Trim()),
        ConfigList list when kind.ParseItems is { } parse && list.Items.All(item => item is ConfigScalar) =>
            parse([.. list.Items.Cast<ConfigScalar>().Select(item => item.Text)]),
        ConfigList => new(default!, $"a list where {kind.Name} is expected"),
        _ => new(default!, $"a mapping where {kind.Name} is expected"),
    };

    /// <summary>Two environment names of one setting that say different things: the stronger wins, and people hear of it.</summary>
    private void NoteContradictions(Setting setting, List<ConfigNode> written)
    {
        ConfigScalar[] variables = [.. written.OfType<ConfigScalar>().Where(node => node.Origin.Place == OriginPlace.Environment)];
        foreach (ConfigScalar other in variables.Skip(1).Where(other => other.Text != variables[0].Text))
            Notice($"{setting.Key}: {other.Origin} says something else than {variables[0].Origin}, which counts");
    }
}
