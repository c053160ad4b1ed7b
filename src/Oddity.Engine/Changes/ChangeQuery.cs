namespace Oddity.Engine.Changes;

/// <summary>Which changes to list, newest first.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="FromMs">Only those that had not ended before; null: no limit.</param>
/// <param name="ToMs">Only those that began before; null: no limit.</param>
/// <param name="Service">Only those of this service; null: all.</param>
/// <param name="Kinds">Only those of these kinds; null: all.</param>
/// <param name="Limit">Most to return.</param>
public sealed record ChangeQuery(string Tenant, long? FromMs, long? ToMs, string? Service, IReadOnlyCollection<string>? Kinds, int Limit);
