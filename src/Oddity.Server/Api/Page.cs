using System.Text.Json.Serialization;

namespace Oddity.Server.Api;

/// <summary>One page of a list.</summary>
/// <param name="Data">Its items.</param>
/// <param name="NextCursor">What to send as <c>cursor</c> (or <c>after</c>) for the next page; null at the end.</param>
/// <param name="Total">Number of all items, where it is cheap to know; left out otherwise.</param>
internal sealed record Page<T>(
    IReadOnlyList<T> Data,
    string? NextCursor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Total = null);
