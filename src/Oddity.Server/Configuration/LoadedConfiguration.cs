namespace Oddity.Server.Configuration;

/// <summary>The configuration, read from all its places.</summary>
/// <param name="Options">What the program goes by; only meant for use when there are no mistakes.</param>
/// <param name="Values">Every setting with its value and origin, in the catalogue's order.</param>
/// <param name="Mistakes">All that is wrong.</param>
/// <param name="Notices">What is right but may surprise: names that contradict each other, names that are not used yet.</param>
internal sealed record LoadedConfiguration(
    ServerOptions Options,
    IReadOnlyList<SettingValue> Values,
    IReadOnlyList<Mistake> Mistakes,
    IReadOnlyList<string> Notices);
