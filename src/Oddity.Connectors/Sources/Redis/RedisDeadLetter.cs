using System.Text;
using System.Text.Json;
using Oddity.Connectors.Sources.Queues;

namespace Oddity.Connectors.Sources.Redis;

/// <summary>A dead letter as an element of a list: a JSON object, since a list's elements have no fields.</summary>
internal static class RedisDeadLetter
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    public static byte[] ToJson(RedisOptions options, DeadLetter letter)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("code", letter.Code);
            json.WriteString("reason", letter.Detail);
            json.WriteString("source", options.Id);
            json.WriteString("origin", options.Key);
            if (Text(letter.Message.Body) is { } text) json.WriteString("body", text);
            else json.WriteBase64String("body_base64", letter.Message.Body);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static string? Text(byte[] body)
    {
        try
        {
            return s_strict.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
