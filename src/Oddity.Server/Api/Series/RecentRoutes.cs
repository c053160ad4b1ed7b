using System.Text.Json;
using Oddity.Detection;
using Oddity.Engine;
using Oddity.Engine.Series;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Series;

/// <summary>The last minutes of the series that are alive, as JSON.</summary>
internal static class RecentRoutes
{
    private const int MaxSeries = 500;
    private const int MaxLooked = 10_000;
    private const int MaxSamples = 2_000;

    public static void MapRecent(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/metrics/recent", (HttpContext context, Pipeline pipeline, TimeProvider time, string? minutes) =>
                WriteAsync(context, pipeline, time, minutes))
            .Permits(Permission.Read).WithTags("Series").WithSummary("Samples of the last minutes (default 10) of up to 500 series").Fails(400)
            .Produces(200, contentType: "application/json");

    /// <summary>Sends <c>{"minutes":10,"series":[{"series","samples"}]}</c>; <c>truncated</c> is true where there were more than it shows.</summary>
    public static async Task WriteAsync(HttpContext context, Pipeline pipeline, TimeProvider time, string? minutesText)
    {
        int minutes = Query.Count("minutes", minutesText, byDefault: 10, min: 1, max: 1440);
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        long fromMs = nowMs - minutes * 60_000L;
        List<SeriesInfo> alive = Alive(pipeline, context.Tenant(), fromMs, out bool truncated);
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, Problem.Json);
        writer.WriteStartObject();
        writer.WriteNumber("minutes", minutes);
        writer.WriteStartArray("series");
        foreach (SeriesInfo info in alive)
        {
            Sample[] samples = await pipeline.ReadSamplesAsync(info.Key, fromMs, long.MaxValue, MaxSamples, context.RequestAborted);
            truncated |= samples.Length == MaxSamples;
            WriteSeries(writer, info.Key, samples);
            writer.Flush();
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("truncated", truncated);
        writer.WriteEndObject();
    }

    private static List<SeriesInfo> Alive(Pipeline pipeline, string tenant, long fromMs, out bool truncated)
    {
        var alive = new List<SeriesInfo>();
        string? after = null;
        for (int looked = 0; looked < MaxLooked;)
        {
            IReadOnlyList<SeriesInfo> page = pipeline.ListSeries(tenant, search: null, after, limit: 1000);
            foreach (SeriesInfo info in page)
            {
                if (info.LastMs < fromMs) continue;
                if (alive.Count == MaxSeries)
                {
                    truncated = true;
                    return alive;
                }

                alive.Add(info);
            }

            looked += page.Count;
            truncated = page.Count == 1000;
            if (!truncated) return alive;
            after = page[^1].Key.Text;
        }

        truncated = true;
        return alive;
    }

    private static void WriteSeries(Utf8JsonWriter writer, SeriesKey key, Sample[] samples)
    {
        writer.WriteStartObject();
        writer.WriteString("series", key.Text);
        writer.WriteStartArray("samples");
        foreach (Sample sample in samples) SampleRoutes.WriteSample(writer, sample);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
