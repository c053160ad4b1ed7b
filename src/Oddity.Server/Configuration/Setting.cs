namespace Oddity.Server.Configuration;

/// <summary>One line of the catalogue: everything people and the program know of a setting.</summary>
/// <param name="Key">Its path in oddity.yml, such as <c>http.max_body</c>; ODDITY_HTTP__MAX_BODY in the environment.</param>
/// <param name="Description">What it does, in a sentence.</param>
internal abstract record Setting(string Key, string Description)
{
    /// <summary>Further environment names, strongest first.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Option of `serve`, such as <c>--urls</c>; null for none.</summary>
    public string? Option { get; init; }

    /// <summary>True: never shown, and also read from a file named by <c>…_FILE</c>.</summary>
    public bool Secret { get; init; }

    /// <summary>What people may write.</summary>
    public abstract string KindName { get; }

    /// <summary>What holds where nothing is written; empty for nothing.</summary>
    public abstract string DefaultText { get; }

    /// <summary>What holds where nothing is written, for people, if its text alone does not say.</summary>
    public string? DefaultMeaning { get; init; }

    /// <summary>The same, or the text, or "none".</summary>
    public string DefaultShown => DefaultMeaning ?? (DefaultText.Length > 0 ? DefaultText : "none");

    /// <summary>Its name in the environment.</summary>
    public string Variable => "ODDITY_" + Key.Replace(".", "__", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>Its environment names, strongest first.</summary>
    public IEnumerable<string> Variables => Aliases.Prepend(Variable);
}

/// <summary>A setting with one value.</summary>
internal sealed record Setting<T>(string Key, Kind<T> Kind, T Default, string Description) : Setting(Key, Description)
{
    public override string KindName => Kind.Name;

    public override string DefaultText => Kind.Format(Default);
}

/// <summary>A setting with a structure of its own, described in docs/configuration.md.</summary>
internal sealed record Structure(string Key, string Shape, string Default, string Description) : Setting(Key, Description)
{
    public override string KindName => Shape;

    public override string DefaultText => Default;
}
