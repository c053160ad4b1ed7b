using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Oddity.Server.Api.Anomalies;
using Oddity.Server.Api.Calls;
using Oddity.Server.Api.Changes;
using Oddity.Server.Api.Health;
using Oddity.Server.Api.Ingest;
using Oddity.Server.Api.Live;
using Oddity.Server.Api.Series;

namespace Oddity.Server.Api;

/// <summary>The bodies that go out as JSON, with writers made at compile time. Names in snake case, nulls written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnomalyBody))]
[JsonSerializable(typeof(AnomalyBody[]))]
[JsonSerializable(typeof(Page<AnomalyBody>))]
[JsonSerializable(typeof(Page<SeriesBody>))]
[JsonSerializable(typeof(SeriesBody[]))]
[JsonSerializable(typeof(DeletedBody))]
[JsonSerializable(typeof(IngestBody))]
[JsonSerializable(typeof(UploadBody))]
[JsonSerializable(typeof(PredictionBody))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(StatusBody))]
[JsonSerializable(typeof(DigestBody))]
[JsonSerializable(typeof(CostBody))]
[JsonSerializable(typeof(AlertsBody))]
[JsonSerializable(typeof(LiveMessage))]
[JsonSerializable(typeof(Page<ChangeBody>))]
[JsonSerializable(typeof(ApiBody))]
[JsonSerializable(typeof(Page<ApiBody>))]
[JsonSerializable(typeof(SummaryBody))]
[JsonSerializable(typeof(PerformanceBody))]
[JsonSerializable(typeof(TrendsBody))]
[JsonSerializable(typeof(TraceBody))]
[JsonSerializable(typeof(Page<TraceSummaryBody>))]
[JsonSerializable(typeof(TopologyBody))]
[JsonSerializable(typeof(Page<ServiceBody>))]
[JsonSerializable(typeof(AnomalyContextBody))]
[JsonSerializable(typeof(ChangesAccepted))]
[JsonSerializable(typeof(AnnotationAdded))]
[JsonSerializable(typeof(AnnotationBody[]))]
internal sealed partial class Json : JsonSerializerContext
{
    /// <summary>Writes quotes and letters of all languages as they are: answers are JSON, never a page.</summary>
    public static Json Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>JSON has no word for infinity and NaN.</summary>
    public static double? Finite(double value) => double.IsFinite(value) ? value : null;

    public static IReadOnlyDictionary<string, string> Map(IReadOnlyList<KeyValuePair<string, string>> labels) =>
        new Dictionary<string, string>(labels, StringComparer.Ordinal);
}
