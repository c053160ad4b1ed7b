using System.Text.Json;
using Oddity.Server.Api;
using Oddity.Server.Logging;

namespace Oddity.Server.Security;

/// <summary>The small JSON objects that sign-in and token routes take: texts by name.</summary>
internal sealed class Credentials
{
    private const int MostBytes = 16 << 10;
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>Reads the body, whatever content type it claims.</summary>
    /// <exception cref="ProblemException">400 or 413.</exception>
    public static async Task<Credentials> ReadAsync(HttpContext context)
    {
        byte[] buffer = new byte[MostBytes + 1];
        int length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > MostBytes) throw new ProblemException(413, "too_large", "The body is larger than 16 KiB.", "body_bytes");
        try
        {
            return Parse(buffer.AsMemory(0, length));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The latter for half of a surrogate pair, which JSON can write and text can't be.
            throw new ProblemException(400, "bad_json", "The body is not a JSON object of texts.");
        }
    }

    /// <summary>A text of the object; a 400 where it is absent, empty or too long.</summary>
    public string Required(string name, int longest, params string[] alsoCalled)
    {
        string? text = alsoCalled.Prepend(name).Select(key => _texts.GetValueOrDefault(key)).FirstOrDefault(found => !string.IsNullOrWhiteSpace(found));
        if (text is null) throw new ProblemException(400, "missing_field", $"'{name}' is missing.");
        if (text.Length > longest) throw new ProblemException(400, "bad_value", $"'{name}' is longer than {longest} characters.");
        return text;
    }

    /// <summary>A name people and tokens have: 1 to 64 characters without control characters, outer blanks dropped.</summary>
    public string Name(params string[] alsoCalled)
    {
        string name = Required("name", 64, alsoCalled).Trim();
        if (Printable.Escape(name) != name) throw new ProblemException(400, "bad_value", "'name' has control characters in it.");
        return name;
    }

    private static Credentials Parse(ReadOnlyMemory<byte> body)
    {
        using JsonDocument document = JsonDocument.Parse(body, new() { MaxDepth = 4 });
        var credentials = new Credentials();
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException();
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.String) credentials._texts[property.Name] = property.Value.GetString()!;
        }

        return credentials;
    }
}
