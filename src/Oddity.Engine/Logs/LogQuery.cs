namespace Oddity.Engine.Logs;

/// <summary>Which lines somebody looks for.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Text">What body or attributes contain, in any case; empty for everything.</param>
/// <param name="Service">Of which service; null for all.</param>
/// <param name="Template">Of which template, by its id; null for all.</param>
/// <param name="FromMs">Least event time, inclusive.</param>
/// <param name="ToMs">Greatest event time, exclusive.</param>
/// <param name="Limit">Most lines to return, the newest.</param>
public sealed record LogQuery(string Tenant, string Text, string? Service, string? Template, long FromMs, long ToMs, int Limit);
