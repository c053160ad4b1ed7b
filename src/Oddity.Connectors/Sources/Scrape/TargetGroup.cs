namespace Oddity.Connectors.Sources.Scrape;

/// <summary>Targets with labels in common.</summary>
/// <param name="Targets">Addresses, <c>host:port</c>.</param>
/// <param name="Labels">Labels of all their series.</param>
public sealed record TargetGroup(IReadOnlyList<string> Targets, IReadOnlyList<KeyValuePair<string, string>> Labels);
