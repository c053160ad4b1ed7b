using System.Diagnostics.CodeAnalysis;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Otlp;

/// <summary>
/// Decodes an ExportMetricsServiceRequest of OTLP 1.x. A data point is a record; what it becomes is in docs/sources/otlp.md. Attributes of the resource
/// (the first <see cref="OtlpAttributes.MaxOfResource"/>) and of the point are labels. Never throws on bad input, takes time linear in it.
/// </summary>
public static class OtlpMetricsDecoder
{
    /// <summary>Decodes a request. True: the batch holds the good points and names the bad ones. False: it is no such message.</summary>
    /// <param name="body">The message, protocol buffers; see <see cref="OtlpJson"/> for JSON.</param>
    /// <param name="tenant">Whose series they are.</param>
    /// <param name="batch">What was decoded; null if nothing was.</param>
    /// <param name="failure">Why not; null if all went well.</param>
    public static bool TryDecode(ReadOnlySpan<byte> body, string tenant, [NotNullWhen(true)] out IngestBatch? batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        batch = new(tenant);
        var points = new OtlpPoints(batch);
        try
        {
            failure = Walk(body, points);
        }
        catch (InvalidDataException error)
        {
            failure = new("bad_protobuf", $"The body is not an OTLP metrics request: {error.Message}");
        }

        if (failure is not null) batch = null;
        return failure is null;
    }

    private static DecodeFailure? Walk(ReadOnlySpan<byte> request, OtlpPoints points)
    {
        var resources = new ProtoReader(request);
        while (resources.Next())
        {
            if (!resources.Is(1, ProtoReader.TypeBytes)) resources.Skip();
            else if (WalkResource(resources.Bytes(), points) is { } failure) return failure;
        }

        resources.End();

        return null;
    }

    private static DecodeFailure? WalkResource(ReadOnlySpan<byte> resourceMetrics, OtlpPoints points)
    {
        points.Resource(Find(resourceMetrics, 1));
        var scopes = new ProtoReader(resourceMetrics);
        while (scopes.Next())
        {
            if (!scopes.Is(2, ProtoReader.TypeBytes))
            {
                scopes.Skip();
                continue;
            }

            var metrics = new ProtoReader(scopes.Bytes());
            while (metrics.Next())
            {
                if (!metrics.Is(2, ProtoReader.TypeBytes)) metrics.Skip();
                else if (WalkMetric(metrics.Bytes(), points) is { } failure) return failure;
            }

            metrics.End();
        }

        scopes.End();

        return null;
    }

    private static DecodeFailure? WalkMetric(ReadOnlySpan<byte> metric, OtlpPoints points)
    {
        ReadOnlySpan<byte> name = Find(metric, 1);
        var reader = new ProtoReader(metric);
        while (reader.Next())
        {
            // gauge 5, sum 7, histogram 9, exponential_histogram 10, summary 11; each has its data points in field 1.
            if (reader.Type != ProtoReader.TypeBytes || reader.Field is not (5 or 7 or 9 or 10 or 11))
            {
                reader.Skip();
                continue;
            }

            int kind = reader.Field;
            var data = new ProtoReader(reader.Bytes());
            while (data.Next())
            {
                if (!data.Is(1, ProtoReader.TypeBytes)) data.Skip();
                else if (points.Add(kind, name, data.Bytes()) is { } failure) return failure;
            }

            data.End();
        }

        reader.End();

        return null;
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> message, int field)
    {
        ReadOnlySpan<byte> found = default;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Is(field, ProtoReader.TypeBytes)) found = reader.Bytes();
            else reader.Skip();
        }

        reader.End();

        return found;
    }
}
