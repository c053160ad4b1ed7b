using System.Text.Json;
using Oddity.Engine.Calls;

namespace Oddity.Server.Api.Calls;

/// <summary>Reads what somebody registers: <c>{name, url, description, id, probe: {interval_seconds, timeout_ms, expected_status}}</c>.</summary>
internal static class ApiReader
{
    private const int MaxName = 256, MaxUrl = 2048, MaxDescription = 4096, MaxId = 64;
    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = 8 };

    /// <exception cref="ProblemException">400 where it is not that.</exception>
    public static Engine.Calls.Api Read(ReadOnlyMemory<byte> body, string tenant, string? givenId)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, s_strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Bad("The body is not a JSON object.");
            return Read(document.RootElement, tenant, givenId);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw Bad("The body is not JSON.");
        }
    }

    private static Engine.Calls.Api Read(JsonElement body, string tenant, string? givenId)
    {
        string name = Text(body, "name", MaxName) ?? throw Bad("name: is missing.");
        string? url = Text(body, "url", MaxUrl);
        if (url is not null && !(Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.UserInfo.Length == 0))
            throw Bad("url: is not an http or https address without credentials.");
        string id = givenId ?? Text(body, "id", MaxId) ?? Engine.Calls.Api.IdOf(tenant, name, url);
        if (id.Length > MaxId || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':')) throw Bad($"id: has letters, digits and - _ . : only, {MaxId} at most.");
        ApiProbe? probe = Probe(body);
        if (probe is not null && url is null) throw Bad("probe: needs a url.");
        return new(id, name, url, Text(body, "description", MaxDescription), probe);
    }

    private static ApiProbe? Probe(JsonElement body)
    {
        if (!body.TryGetProperty("probe", out JsonElement probe) || probe.ValueKind is JsonValueKind.Null or JsonValueKind.False) return null;
        if (probe.ValueKind == JsonValueKind.True) return new(60, 5000, null);
        if (probe.ValueKind != JsonValueKind.Object) throw Bad("probe: is neither true, false nor an object.");
        return new(Whole(probe, "interval_seconds", 10, 86_400) ?? 60, Whole(probe, "timeout_ms", 100, 10_000) ?? 5000, Whole(probe, "expected_status", 100, 599));
    }

    private static string? Text(JsonElement body, string name, int most)
    {
        if (!body.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.String) throw Bad($"{name}: is not a text.");
        string text = value.GetString()!.Trim();
        if (text.Length > most) throw Bad($"{name}: is longer than {most} characters.");
        if (text.Any(char.IsControl)) throw Bad($"{name}: has control characters.");
        return text.Length == 0 ? null : text;
    }

    private static int? Whole(JsonElement body, string name, int least, int most)
    {
        if (!body.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most
            ? number
            : throw Bad($"probe.{name}: is not a whole number from {least} to {most}.");
    }

    private static ProblemException Bad(string detail) => new(StatusCodes.Status400BadRequest, "bad_body", detail);
}
