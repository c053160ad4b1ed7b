using Oddity.Engine.Changes;

namespace Oddity.Server.Api.Changes;

/// <summary>A change as the API writes it.</summary>
internal sealed record ChangeBody(
    string Id, string Kind, string Title, string Time, string? End, string? Service, string? Version, string? Text, string? Link, IReadOnlyList<string> Tags)
{
    public static ChangeBody From(Change change) => new(
        change.Id, change.Kind, change.Title, Times.Iso(change.StartMs), Times.Iso(change.EndMs), change.Service, change.Version, change.Text, change.Link, change.Tags);
}
