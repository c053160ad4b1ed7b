using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Oddity.Engine.Anomalies;

/// <summary>The settings in force as the store keeps them: one JSON object, and a number that follows from it, so that equal settings are one row.</summary>
internal sealed class ConfigurationText
{
    // All anomalies of a rule have the same object, so the text is made once.
    private static readonly ConditionalWeakTable<IReadOnlyDictionary<string, string>, ConfigurationText> Known = [];

    private ConfigurationText(string text) => (Text, Id) = (text, BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))));

    public string Text { get; }

    /// <summary>64 bits of the SHA-256 of <see cref="Text"/>.</summary>
    public long Id { get; }

    public static ConfigurationText Of(IReadOnlyDictionary<string, string> settings) => Known.GetValue(settings, all => new(Write(all)));

    /// <exception cref="InvalidDataException">The text is no such object.</exception>
    public static SortedDictionary<string, string> Parse(string text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            return new(json.RootElement.EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.GetString()!), StringComparer.Ordinal);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException("The settings of an anomaly cannot be read.", error);
        }
    }

    private static string Write(IReadOnlyDictionary<string, string> settings)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach ((string name, string value) in settings) json.WriteString(name, value);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
