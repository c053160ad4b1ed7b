using System.Text.Json;
using Oddity.Engine.Intake;

namespace Oddity.Server.Api.Ingest;

/// <summary>Puts an <see cref="IngestResult"/> into the words of the JSON routes.</summary>
internal static class IngestAnswer
{
    /// <summary>Sends the answer: 200 with counts, or the problem that nothing of the request was kept.</summary>
    public static Task WriteAsync(HttpContext context, IngestResult result) =>
        result.Outcome == IngestOutcome.Stored
            ? Results.Json(new IngestBody(result.Accepted, result.Rejected, result.Errors), Json.Readable.IngestBody).ExecuteAsync(context)
            : RefuseAsync(context, result);

    /// <summary>Sends the problem of a result that is not <see cref="IngestOutcome.Stored"/>.</summary>
    public static Task RefuseAsync(HttpContext context, IngestResult result, Action<Utf8JsonWriter>? more = null)
    {
        IngestError? first = result.Errors.Count > 0 ? result.Errors[0] : null;
        (int status, string code, string detail) = result.Outcome switch
        {
            IngestOutcome.NothingAccepted => (400, first?.Code ?? "nothing_accepted", first?.Detail ?? "There was no good record in the request."),
            IngestOutcome.AtomicRefused => (400, "atomic_refused", $"Nothing was stored, because record {first?.Index ?? 0} is bad: {first?.Detail}"),
            IngestOutcome.OverLimit => (429, first?.Code ?? "over_limit", first?.Detail ?? "The tenant's limit is reached."),
            IngestOutcome.DiskFull => (507, "disk_full", "The server's disk is full. Nothing was stored."),
            _ => (503, "overloaded", "The server is busy, starting or stopping. Nothing was stored."),
        };
        TimeSpan? wait = status == 400 ? null : result.RetryAfter ?? TimeSpan.FromSeconds(1);
        return Problem.WriteAsync(context, status, code, detail, result.Limit, wait, writer =>
        {
            writer.WriteNumber("accepted", result.Accepted);
            writer.WriteNumber("rejected", result.Rejected);
            writer.WritePropertyName("errors");
            WriteErrors(writer, result.Errors);
            more?.Invoke(writer);
        });
    }

    public static void WriteErrors(Utf8JsonWriter writer, IReadOnlyList<IngestError> errors)
    {
        writer.WriteStartArray();
        foreach (IngestError error in errors)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index", error.Index);
            writer.WriteString("code", error.Code);
            writer.WriteString("detail", error.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
