using System.Text.Json;

namespace Oddity.Server.Api.Anomalies;

/// <summary>What a person says of an anomaly: <c>{"note":"…","false_positive":true}</c>, all of it optional.</summary>
/// <param name="Note">What they wrote; null for nothing.</param>
/// <param name="FalsePositive">Whether they think it was none; null if they did not say.</param>
internal sealed record Judgement(string? Note, bool? FalsePositive)
{
    private const int MaxNote = 2000;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8 };

    /// <exception cref="ProblemException">400 where it is not that.</exception>
    public static Judgement Read(ReadOnlyMemory<byte> body)
    {
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty) return new(null, null);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Bad("The body is not a JSON object.");
            return new(NoteOf(document.RootElement), FlagOf(document.RootElement));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw Bad("The body is not JSON.");
        }
    }

    private static string? NoteOf(JsonElement body)
    {
        if (!body.TryGetProperty("note", out JsonElement note) || note.ValueKind == JsonValueKind.Null) return null;
        if (note.ValueKind != JsonValueKind.String) throw Bad("note: is not a text.");
        string text = note.GetString()!.Trim();
        if (text.Length > MaxNote) throw Bad($"note: is longer than {MaxNote} characters.");
        return text.Length == 0 ? null : text;
    }

    private static bool? FlagOf(JsonElement body)
    {
        if (!body.TryGetProperty("false_positive", out JsonElement flag)) return null;
        return flag.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Bad("false_positive: is neither true nor false."),
        };
    }

    private static ProblemException Bad(string detail) => new(StatusCodes.Status400BadRequest, "bad_body", detail);
}
