using System.Text;

namespace Oddity.Connectors.Sources.Otlp;

/// <summary>Which services a request of OTLP speaks of, and in which version: <c>service.name</c> and <c>service.version</c> of its resources. The same place for metrics, logs and traces.</summary>
public static class OtlpResources
{
    private const int Most = 1000;

    /// <summary>Services with a version, each pair once; what cannot be read is passed over.</summary>
    public static IReadOnlyCollection<(string Service, string Version)> Versions(ReadOnlySpan<byte> request)
    {
        var found = new HashSet<(string, string)>();
        try
        {
            var resources = new ProtoReader(request);
            while (resources.Next() && found.Count < Most)
            {
                if (!resources.Is(1, ProtoReader.TypeBytes)) resources.Skip();
                else if (Read(resources.Bytes()) is { } pair) found.Add(pair);
            }
        }
        catch (Exception error) when (error is InvalidDataException or DecoderFallbackException)
        {
            // Whoever decodes the request says what is wrong with it.
        }

        return found;
    }

    private static (string Service, string Version)? Read(ReadOnlySpan<byte> message)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (!reader.Is(1, ProtoReader.TypeBytes))
            {
                reader.Skip();
                continue;
            }

            OtlpAttributes.AddTo(labels, reader.Bytes(), 1);
            break; // The resource comes first, and what follows may be long.
        }

        return labels.TryGetValue("service.name", out string? service) && labels.TryGetValue("service.version", out string? version) ? (service, version) : null;
    }
}
