using System.Text.Json;
using Oddity.Connectors.Sources;
using Oddity.Detection;
using Oddity.Engine;
using Oddity.Engine.Series;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Series;

/// <summary>Stored samples back, raw or thinned for a chart, with the band a detector saw around them.</summary>
internal static class SampleRoutes
{
    private const int MaxSamples = 1_000_000;
    private const int MaxScored = 250_000;
    private const long HourMs = 3_600_000;

    public static void MapSamples(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/samples", ReadAsync).Permits(Permission.Read).WithTags("Series")
            .WithSummary("Samples of a series as [unix seconds, value], in time order").Produces(200, contentType: "application/json").Fails(400, 404);

    private static async Task ReadAsync(HttpContext context, Pipeline pipeline, TimeProvider time, [AsParameters] SampleParameters parameters)
    {
        SeriesKey key = SeriesLookup.Find(pipeline, context.Tenant(), parameters.Series);
        bool band = Query.Flag("band", parameters.Band) ?? false;
        int maxPoints = Query.Count("max_points", parameters.MaxPoints, int.MaxValue, Downsampling.Fewest, 100_000);
        int limit = Query.Count("limit", parameters.Limit, maxPoints == int.MaxValue ? 100_000 : MaxSamples, 1, MaxSamples);
        if (band) limit = Math.Min(limit, MaxScored);
        (long fromMs, long toMs) = Range(parameters, time);

        // One more than asked for tells whether there was more.
        (Sample[] samples, Score[] scores) = band
            ? await pipeline.ReadScoredAsync(key, fromMs, toMs, limit + 1, context.RequestAborted)
            : (await pipeline.ReadSamplesAsync(key, fromMs, toMs, limit + 1, context.RequestAborted), []);
        bool truncated = samples.Length > limit;
        int skip = truncated ? 1 : 0;
        samples = samples[skip..];
        scores = band ? scores[skip..] : scores;
        int[] kept = Downsampling.Extremes(samples, maxPoints);
        context.Response.ContentType = "application/json; charset=utf-8";
        await WriteAsync(context, key, samples, scores, kept, truncated);
    }

    private static (long FromMs, long ToMs) Range(SampleParameters parameters, TimeProvider time)
    {
        long? to = Query.End("end", parameters.End);
        long? from = Query.Time("start", parameters.Start);
        from ??= (to ?? time.GetUtcNow().ToUnixTimeMilliseconds()) - HourMs;
        return (from.Value, to ?? EventTime.MaxMs + 1);
    }

    private static async Task WriteAsync(HttpContext context, SeriesKey key, Sample[] samples, Score[] scores, int[] kept, bool truncated)
    {
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, Problem.Json);
        writer.WriteStartObject();
        writer.WriteString("series", key.Text);
        await PointsAsync(context, writer, "samples", kept, i => WriteSample(writer, samples[i]));
        if (scores.Length > 0) await PointsAsync(context, writer, "band", kept, i => WriteBand(writer, samples[i], scores[i]));
        writer.WriteBoolean("truncated", truncated);
        writer.WriteBoolean("downsampled", kept.Length < samples.Length);
        writer.WriteEndObject();
    }

    /// <summary>Writes an array piece by piece, so that a million samples wait for the reader and not in memory.</summary>
    private static async Task PointsAsync(HttpContext context, Utf8JsonWriter writer, string name, int[] kept, Action<int> write)
    {
        writer.WriteStartArray(name);
        for (int n = 0; n < kept.Length; n++)
        {
            write(kept[n]);
            if (n % 1024 != 1023) continue;
            writer.Flush();
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }

        writer.WriteEndArray();
    }

    internal static void WriteSample(Utf8JsonWriter writer, in Sample sample)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(Times.Seconds(sample.TimeMs));
        WriteFinite(writer, sample.Value);
        writer.WriteEndArray();
    }

    private static void WriteBand(Utf8JsonWriter writer, in Sample sample, in Score score)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(Times.Seconds(sample.TimeMs));

        // A detector that has seen too little expects what it was given; drawn as a band that would look like knowledge.
        WriteFinite(writer, score.WarmingUp ? double.NaN : score.Expected);
        WriteFinite(writer, score.WarmingUp ? double.NaN : score.Lower);
        WriteFinite(writer, score.WarmingUp ? double.NaN : score.Upper);
        writer.WriteEndArray();
    }

    private static void WriteFinite(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteNullValue();
    }
}
