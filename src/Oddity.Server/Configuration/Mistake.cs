namespace Oddity.Server.Configuration;

/// <summary>Something wrong in the configuration.</summary>
/// <param name="Key">Which setting, such as <c>http.max_body</c>.</param>
/// <param name="What">What is wrong with it, without the value of a secret.</param>
/// <param name="Origin">Where it is written; null where nothing is written.</param>
internal sealed record Mistake(string Key, string What, Origin? Origin)
{
    public override string ToString() => Origin is null ? $"{Key}: {What}" : $"{Key}: {What} ({Origin})";
}
