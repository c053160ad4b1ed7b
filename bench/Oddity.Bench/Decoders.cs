using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Collectd;
using Oddity.Connectors.Sources.Events;
using Oddity.Connectors.Sources.Exposition;
using Oddity.Connectors.Sources.Graphite;
using Oddity.Connectors.Sources.Influx;
using Oddity.Connectors.Sources.Otlp;
using Oddity.Connectors.Sources.RemoteWrite;
using Oddity.Connectors.Sources.Statsd;
using Oddity.Engine;
using Oddity.Engine.Intake;

namespace Oddity.Bench;

/// <summary>Processor time of decoding alone, a request of 2,000 series known already, five labels each: samples a second on one core, the best of nine rounds.</summary>
internal static class Decoders
{
    private const string Tenant = "default";
    private const int Series = 2_000;

    public static async Task<int> PrintAsync(string? only)
    {
        string folder = Directory.CreateTempSubdirectory("oddity-bench-").FullName;
        Pipeline pipeline = Pipeline.Open(new() { DataDirectory = folder, Watch = new() { Detector = "none" } }, [], TimeProvider.System, NullLoggerFactory.Instance);
        await pipeline.Recovered;
        foreach ((string name, double goal, int samples, byte[] body, Func<Batch, int> decode, string protocol) in All(new(Series)))
        {
            if (only is not null && !name.Contains(only, StringComparison.Ordinal)) continue;
            var options = new IngestOptions(Backfill: true);
            Batch first = pipeline.BeginBatch(Tenant, protocol, options);
            int records = decode(first);
            if (records < samples) throw new InvalidOperationException($"{name}: {records} of {samples} samples");
            await pipeline.CommitAsync(first, CancellationToken.None);
            double ms = Timing.BestMs(() =>
            {
                using Batch batch = pipeline.BeginBatch(Tenant, protocol, options);
                decode(batch);
            });
            double perSecond = samples / ms * 1000;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-42} {perSecond / 1e6,7:0.00} M/s{(goal > 0 ? $"  goal {goal:0.0}" : ""),-12}  {body.Length / ms / 1e6,6:0.00} GB/s  {ms * 1e6 / samples,6:0} ns"));
        }

        await pipeline.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        return 0;
    }

    private static IEnumerable<(string Name, double Goal, int Samples, byte[] Body, Func<Batch, int> Decode, string Protocol)> All(Bodies bodies)
    {
        byte[] write = bodies.RemoteWrite(), packed = SnappyWriter.Pack(write), write2 = bodies.RemoteWrite2(), lines = bodies.Lines(), wide = bodies.WideLines(), otlp = bodies.Otlp(), events = bodies.Events();
        byte[] exposition = bodies.Exposition(), graphite = bodies.Graphite(), statsd = bodies.Statsd(), collectd = bodies.Collectd(), unpacked = new byte[write.Length];
        yield return ("remote write 1.0, unpacked", 8, Series, write, batch => WriteRequestDecoder.TryDecode(write, batch) ? batch.Count : 0, WriteRequestDecoder.Protocol);
        yield return ("remote write 1.0 with snappy", 8, Series, write, batch => SnappyBlock.TryDecode(packed, unpacked) && WriteRequestDecoder.TryDecode(unpacked, batch) ? batch.Count : 0, WriteRequestDecoder.Protocol);
        yield return ("remote write 2.0, unpacked", 8, Series, write2, batch => WriteRequest2Decoder.TryDecode(write2, batch, out _) ? batch.Count : 0, WriteRequestDecoder.Protocol);
        yield return ("line protocol, one field", 3, Series, lines, _ => LineProtocolDecoder.TryDecode(lines, Tenant, 1, out IngestBatch? batch, out DecodeFailure? _) ? batch.Rows.Count : 0, "none");
        yield return ("line protocol, ten fields (samples)", 3, Series * 10, wide, _ => LineProtocolDecoder.TryDecode(wide, Tenant, 1, out IngestBatch? batch, out DecodeFailure? _) ? batch.Rows.Count : 0, "none");
        yield return ("OTLP", 3, Series, otlp, _ => OtlpMetricsDecoder.TryDecode(otlp, Tenant, out IngestBatch? batch, out DecodeFailure? _) ? batch.Rows.Count : 0, "none");
        yield return ("JSON events", 1.5, Series, events, _ => EventsDecoder.TryDecode(events, Tenant, TimePrecision.Auto, out IngestBatch? batch, out DecodeFailure? _) ? batch.Rows.Count : 0, "none");
        yield return ("exposition text", 0, Series, exposition, batch => ExpositionDecoder.Decode(exposition, batch, new() { DefaultTimeMs = 0 }) is null ? batch.Count : 0, ExpositionDecoder.Protocol);
        yield return ("exposition text, a label beside it", 0, Series, exposition, batch => ExpositionDecoder.Decode(exposition, batch, new() { DefaultTimeMs = 0, Labels = [new("extra", "label")] }) is null ? batch.Count : 0, ExpositionDecoder.Protocol);
        yield return ("Graphite", 0, Series, graphite, batch =>
        {
            GraphiteDecoder.Decode(graphite, batch, 0);
            return batch.Count;
        }, GraphiteDecoder.Protocol);
        var aggregator = new StatsdAggregator(Tenant);
        yield return ("StatsD", 0, Series, statsd, batch =>
        {
            aggregator.Take(statsd);
            return (int)Math.Min(aggregator.Taken, Series);
        }, "none");
        yield return ("collectd", 0, Series, collectd, _ => CollectdDecoder.TryDecode(collectd, Tenant, out IngestBatch? batch, out DecodeFailure? _) ? batch.Rows.Count : 0, "none");
    }
}
