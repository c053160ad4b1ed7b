namespace Oddity.Engine.Verification;

/// <summary>A field of which the stored anomaly says something else than the recomputed one.</summary>
/// <param name="Field">Name as in the export.</param>
/// <param name="Stored">JSON of what is stored; empty for an absent field.</param>
/// <param name="Recomputed">JSON of what came out; empty for an absent field.</param>
public sealed record VerificationDifference(string Field, string Stored, string Recomputed)
{
    /// <summary>Compares two canonical JSON objects field by field.</summary>
    internal static List<VerificationDifference> Between(string stored, string recomputed)
    {
        using var before = System.Text.Json.JsonDocument.Parse(stored);
        using var after = System.Text.Json.JsonDocument.Parse(recomputed);
        var differences = new List<VerificationDifference>();
        var fields = before.RootElement.EnumerateObject().Select(field => field.Name).Union(after.RootElement.EnumerateObject().Select(field => field.Name));
        foreach (string field in fields)
        {
            string was = before.RootElement.TryGetProperty(field, out var one) ? one.GetRawText() : "";
            string now = after.RootElement.TryGetProperty(field, out var other) ? other.GetRawText() : "";
            if (was != now) differences.Add(new(field, was, now));
        }

        return differences;
    }
}
