using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Oddity.Connectors.Sources;
using Oddity.Engine.Logs;
using Oddity.Engine.Series;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Logs;

/// <summary>Log lines of the last day, by text, service, template and time; and the templates with how often they came.</summary>
internal static class LogRoutes
{
    private const long DayMs = 86_400_000;

    public static void MapLogs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/logs", SearchAsync).Permits(Permission.Read).WithTags("Logs")
            .WithSummary("Log lines, the newest first, by text, service, template and time").Produces(200, contentType: "application/json").Fails(400);
        routes.MapGet("/api/v1/logs/templates", TemplatesAsync).Permits(Permission.Read).WithTags("Logs")
            .WithSummary("Templates of log lines, the most frequent first").Produces(200, contentType: "application/json").Fails(400);
    }

    private static async Task SearchAsync(HttpContext context, LogStore store, TimeProvider time, [AsParameters] LogParameters parameters)
    {
        long? to = Query.End("end", parameters.End);
        long from = Query.Time("start", parameters.Start) ?? (to ?? time.GetUtcNow().ToUnixTimeMilliseconds()) - DayMs;
        var query = new LogQuery(
            context.Tenant(), parameters.Query ?? "", NullIfEmpty(parameters.Service), NullIfEmpty(parameters.Template), from, to ?? EventTime.MaxMs + 1,
            Query.Count("limit", parameters.Limit, 100, 1, 10_000));
        LogPage page = await store.SearchAsync(query, context.RequestAborted);
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, Problem.Json);
        writer.WriteStartObject();
        writer.WriteStartArray("lines");
        foreach (LogHit hit in page.Lines)
        {
            Write(writer, hit);
            if (writer.BytesPending < 64 << 10) continue;
            await writer.FlushAsync(context.RequestAborted);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("truncated", page.Truncated);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, in LogHit hit)
    {
        writer.WriteStartObject();
        writer.WriteString("time", Times.Iso(hit.Line.TimeMs));
        writer.WriteString("service", hit.Line.Service);
        writer.WriteString("severity", SeverityName(hit.Line.Severity));
        writer.WriteString("body", hit.Line.Body);
        writer.WriteString("attributes", hit.Line.Attributes);
        writer.WriteString("trace_id", hit.Line.TraceId);
        writer.WriteString("template", hit.Template);
        writer.WriteEndObject();
    }

    private static async Task TemplatesAsync(HttpContext context, LogStore store, [FromQuery(Name = "service")] string? service, [FromQuery(Name = "limit")] string? limit)
    {
        IReadOnlyList<LogTemplateInfo> templates = store.Templates(context.Tenant(), NullIfEmpty(service), Query.Count("limit", limit, 100, 1, 10_000));
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, Problem.Json);
        writer.WriteStartObject();
        writer.WriteStartArray("templates");
        foreach (LogTemplateInfo template in templates)
        {
            writer.WriteStartObject();
            writer.WriteString("template", template.Id);
            writer.WriteString("service", template.Service);
            writer.WriteString("text", template.Text);
            writer.WriteNumber("lines", template.Lines);
            writer.WriteString("first_seen", Times.Iso(template.FirstMs));
            writer.WriteString("last_seen", Times.Iso(template.LastMs));
            writer.WriteString("sample", template.Sample);
            writer.WriteString("series", SeriesKey.Create(context.Tenant(), "log_lines", [new("service", template.Service), new("template", template.Id)]).Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
    }

    private static string SeverityName(int severity) => severity switch
    {
        0 => "",
        <= 4 => "trace",
        <= 8 => "debug",
        <= 12 => "info",
        <= 16 => "warning",
        <= 20 => "error",
        _ => "fatal",
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
