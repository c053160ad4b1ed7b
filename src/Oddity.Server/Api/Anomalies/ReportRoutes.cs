using System.Globalization;
using System.Text.Json;
using Oddity.Engine;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;
using Oddity.Server.Api.Ingest;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Anomalies;

/// <summary>Anomalies that somebody else found.</summary>
internal static class ReportRoutes
{
    private const int MaxNote = 2000;

    /// <summary>What a report says of itself. In a wide event every text is a label, and these would make a series of each report.</summary>
    private static readonly string[] Said = ["severity", "note", "reason", "message", "description"];

    public static void MapReport(this IEndpointRouteBuilder routes)
    {
        foreach (string path in new[] { "/anomaly", "/api/v1/anomalies" })
        {
            routes.MapPost(path, ReportAsync).Permits(Permission.Ingest).WithTags("Anomalies").TakesData()
                .WithSummary("Log one anomaly: an event in any ingest shape, with severity and note if you like").Produces<AnomalyBody>();
        }
    }

    private static async Task<IResult> ReportAsync(
        HttpContext context, Pipeline pipeline, HttpOptions limits, BodyBudget budget, [AsParameters] IngestParameters parameters)
    {
        IngestOptions options = parameters.Options(backfillByDefault: true);
        BodyType.Check(context.Request);
        using RequestBody body = await RequestBody.ReadAsync(context, limits, budget);
        IngestBatch batch = Decode.Events(body.Bytes, context.Tenant(), parameters.TimeUnit());
        if (pipeline.Check(batch, options) is [{ } mistake, ..]) throw Bad(mistake.Code, mistake.Detail);
        if (batch.RecordCount != 1 || batch.Rows.Count == 0) throw Bad("not_one", "Send one anomaly as one JSON object.");
        (Severity severity, string? note) = ReadWords(body.Bytes);
        (SeriesKey series, long? timeMs, double value, string said) = Subject(batch);
        Anomaly anomaly = await pipeline.ReportAsync(series, timeMs, value, severity, note ?? said, context.RequestAborted);
        return Results.Json(AnomalyBody.From(anomaly), Json.Readable.AnomalyBody);
    }

    /// <summary>One anomaly of one series: of values measured together it is the vector's, with the largest value, and the note names them all.</summary>
    private static (SeriesKey Series, long? TimeMs, double Value, string Said) Subject(IngestBatch batch)
    {
        if (batch.Vectors.Count == 0)
        {
            IngestBatch.Row row = batch.Rows[0];
            return (Subject(row.Series), row.TimeMs, row.Value, "Reported by hand.");
        }

        IngestBatch.VectorRow vector = batch.Vectors[0];
        IEnumerable<string> values = vector.Dimensions.Zip(vector.Values, (series, value) => string.Create(CultureInfo.InvariantCulture, $"{series.Metric} = {value}"));
        return (Subject(vector.Vector), vector.TimeMs, vector.Values.Max(), $"Reported by hand: {string.Join(", ", values)}.");
    }

    private static SeriesKey Subject(SeriesKey key) => SeriesKey.Create(key.Tenant, key.Metric, key.Labels.Where(label => !Said.Contains(label.Key)));

    private static (Severity Severity, string? Note) ReadWords(ReadOnlyMemory<byte> body)
    {
        Severity severity = Severity.High;
        string? note = null;
        using JsonDocument document = Parse(body);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return (severity, note);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String) continue;
            if (property.NameEquals("severity"u8)) severity = SeverityOf(property.Value.GetString()!);
            else if (Said.Contains(property.Name)) note ??= property.Value.GetString();
        }

        if (note?.Length > MaxNote) throw Bad("bad_value", $"note: is longer than {MaxNote} characters.");
        return (severity, string.IsNullOrWhiteSpace(note) ? null : note.Trim());
    }

    private static Severity SeverityOf(string word) => Words.ParseSeverity(word)
        ?? throw Bad("bad_value", $"severity: '{Problem.Echo(word)}' is none of {Words.Severities}.");

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            throw Bad("bad_json", "Send one anomaly as one JSON object.");
        }
    }

    private static ProblemException Bad(string code, string detail) => new(StatusCodes.Status400BadRequest, code, detail);
}
