using System.Globalization;
using System.Text.Json;

namespace Oddity.Connectors.Sources.Changes;

/// <summary>Reads the properties of one JSON object and remembers the first mistake; what was not given is null.</summary>
internal sealed class ChangeFields(JsonElement item, TimePrecision precision)
{
    public const int MaxName = 256, MaxTitle = 512, MaxText = 8192, MaxLink = 2048, MaxTags = 40;

    public (string Code, string Detail)? Mistake { get; private set; }

    /// <summary>A text of at most so many characters without control characters; a number is taken as it is written.</summary>
    public string? Text(int most, params ReadOnlySpan<string> names) => Text(most, lines: false, names);

    /// <summary>The same, of several lines.</summary>
    public string? Lines(int most, params ReadOnlySpan<string> names) => Text(most, lines: true, names);

    /// <summary>Unix milliseconds.</summary>
    public long? Time(params ReadOnlySpan<string> names)
    {
        if (Find(names, out string name) is not { } value) return null;
        string text = value.ValueKind switch { JsonValueKind.Number => value.GetRawText(), JsonValueKind.String => value.GetString()!, _ => "" };
        if (EventTime.TryParse(text, precision, out long ms)) return ms;
        Bad("bad_time", $"{name} is not a Unix time or ISO 8601 date.");
        return null;
    }

    /// <summary>A list of texts, an object of them (as <c>name:value</c>), or one text with commas or <paramref name="separator"/> between.</summary>
    public IReadOnlyList<string> Tags(string name, char separator = ',')
    {
        if (Find([name], out _) is not { } value) return [];
        string[] tags = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.Split([',', separator], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            JsonValueKind.Array => [.. value.EnumerateArray().Select(Scalar).Where(tag => tag.Length > 0)],
            JsonValueKind.Object => [.. value.EnumerateObject().Select(tag => $"{tag.Name}:{Scalar(tag.Value)}")],
            _ => Bad<string[]>("bad_value", $"{name} must be a list of texts.") ?? [],
        };
        if (tags.Length > MaxTags) Bad("too_many_tags", $"A change has at most {MaxTags} tags.");
        if (tags.Any(tag => tag.Length > MaxName || tag.Any(char.IsControl))) Bad("bad_value", $"A tag has at most {MaxName} characters and no control characters.");
        return tags;
    }

    public void Bad(string code, string detail) => Mistake ??= (code, detail);

    private T? Bad<T>(string code, string detail)
    {
        Bad(code, detail);
        return default;
    }

    private string? Text(int most, bool lines, ReadOnlySpan<string> names)
    {
        if (Find(names, out string name) is not { } value) return null;
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) return Bad<string>("bad_value", $"{name} must be a text.");
        string text = Scalar(value).Trim();
        if (text.Length > most) return Bad<string>("bad_value", string.Create(CultureInfo.InvariantCulture, $"{name} has at most {most} characters."));
        if (text.Any(c => char.IsControl(c) && !(lines && c is '\n' or '\r' or '\t'))) return Bad<string>("bad_value", $"{name} has no control characters.");
        return text.Length == 0 ? null : text;
    }

    private string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => Bad<string>("bad_value", "A tag must be a text.") ?? "",
    };

    private JsonElement? Find(ReadOnlySpan<string> names, out string name)
    {
        foreach (string candidate in names)
        {
            if (!item.TryGetProperty(candidate, out JsonElement value) || value.ValueKind == JsonValueKind.Null) continue;
            name = candidate;
            return value;
        }

        name = "";
        return null;
    }
}
