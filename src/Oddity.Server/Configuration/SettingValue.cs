namespace Oddity.Server.Configuration;

/// <summary>What a setting is, and why.</summary>
/// <param name="Key">Which.</param>
/// <param name="Text">Its value as it would be written; <c>***</c> for a secret that is set.</param>
/// <param name="Origin">Where the value came from.</param>
internal sealed record SettingValue(string Key, string Text, Origin Origin);
