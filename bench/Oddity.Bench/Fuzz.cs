using System.Diagnostics;
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

/// <summary>
/// Throws bent bodies at every decoder of metrics: good ones with bits turned, bytes changed, cut out, doubled, put in from another place, and numbers that
/// hurt. A decoder says yes or no and counts what it saw; an exception, a count that does not add up, or a second for one body ends the run with the body.
/// </summary>
internal static class Fuzz
{
    private const string Tenant = "fuzz";

    private static readonly byte[][] Hurtful =
    [
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80], [0], [0x7F], "\""u8.ToArray(), "\\"u8.ToArray(), "\n"u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(),
        "]"u8.ToArray(), "1e999"u8.ToArray(), "NaN"u8.ToArray(), "-"u8.ToArray(), "9223372036854775808"u8.ToArray(), [0xC3], [0xED, 0xA0, 0x80], "="u8.ToArray(), ","u8.ToArray(), " "u8.ToArray(), "|"u8.ToArray(), ":"u8.ToArray(), "# EOF\n"u8.ToArray(), "null"u8.ToArray(),
    ];

    public static async Task<int> RunAsync(string? only, int executions, int seed)
    {
        string folder = Directory.CreateTempSubdirectory("oddity-fuzz-").FullName;
        Pipeline pipeline = Pipeline.Open(new() { DataDirectory = folder, Watch = new() { Detector = "none" } }, [], TimeProvider.System, NullLoggerFactory.Instance);
        await pipeline.Recovered;
        int failed = 0;
        foreach ((string name, byte[][] good, Action<byte[]> run) in All(pipeline, new(4)))
        {
            if (only is not (null or "all") && name != only) continue;
            long begin = Stopwatch.GetTimestamp();
            (int done, byte[]? body, Exception? error) = Run(good, run, executions, seed);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {done} executions, seed {seed}, {Stopwatch.GetElapsedTime(begin).TotalSeconds:0} s: {(error is null ? "nothing wrong" : error.ToString())}"));
            if (body is not null) Console.WriteLine($"  {Convert.ToHexString(body)}");
            if (error is not null) failed++;
        }

        await pipeline.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        return failed == 0 ? 0 : 70;
    }

    private static (int Done, byte[]? Body, Exception? Error) Run(byte[][] good, Action<byte[]> run, int executions, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < executions; i++)
        {
            byte[] body = Bend(good[random.Next(good.Length)], good, random);
            long begin = Stopwatch.GetTimestamp();
            try
            {
                run(body);
                if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(5)) throw new TimeoutException("it took more than five seconds");
            }
            catch (Exception error)
            {
                return (i, body, error);
            }
        }

        return (executions, null, null);
    }

    private static byte[] Bend(byte[] body, byte[][] good, Random random)
    {
        var bytes = new List<byte>(body);
        for (int times = 1 + random.Next(4); times > 0; times--)
        {
            int at = random.Next(bytes.Count + 1), length = Math.Min(random.Next(1, 20), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 4: bytes.InsertRange(at, Hurtful[random.Next(Hurtful.Length)]); break;
                case 5:
                    byte[] other = good[random.Next(good.Length)];
                    int from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(40), other.Length - from)).ToArray());
                    break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        return [.. bytes];
    }

    private static IEnumerable<(string Name, byte[][] Good, Action<byte[]> Run)> All(Pipeline pipeline, Bodies bodies)
    {
        byte[] write = [.. bodies.RemoteWrite(), .. Bodies.Field(1, [.. bodies.RemoteWrite().AsSpan(2, 30), .. Bodies.Histogram(4)])];
        byte[] write2 = [.. bodies.RemoteWrite2(), .. Bodies.Field(5, [0x0A, 2, 1, 2, .. Bodies.Histogram(3)])];
        void WithBatch(string protocol, Action<Batch> decode)
        {
            using Batch batch = pipeline.BeginBatch(Tenant, protocol, new(Backfill: true));
            decode(batch);
            if (batch.RecordCount < batch.Count + batch.Rejected - 5 || batch.Errors.Count > 10) throw new InvalidOperationException("the counts do not add up");
        }

        static void Check(bool decoded, IngestBatch? batch, DecodeFailure? failure)
        {
            if (decoded != (batch is not null) || decoded != (failure is null)) throw new InvalidOperationException("neither yes nor no");
            if (batch is not null && batch.Errors.Any(error => error.Index < 0 || error.Index >= batch.RecordCount)) throw new InvalidOperationException("an error of no record");
        }

        yield return ("remote_write_1", [write], body => WithBatch(WriteRequestDecoder.Protocol, batch => WriteRequestDecoder.TryDecode(body, batch, out _)));
        yield return ("remote_write_2", [write2], body => WithBatch(WriteRequestDecoder.Protocol, batch => WriteRequest2Decoder.TryDecode(body, batch, out _)));
        yield return ("snappy", [SnappyWriter.Pack(write), SnappyWriter.Pack(bodies.Lines())], body =>
        {
            if (SnappyBlock.TryReadLength(body, out int length) && length < 1 << 20) SnappyBlock.TryDecode(body, new byte[length]);
        }
        );
        yield return ("exposition", [bodies.Exposition(), "# TYPE a counter\na_total{x=\"y\\\"z\",} 1 # {t=\"u\"} 1 2\n{\"a b\",c=\"d\"} NaN 12\n# EOF\n"u8.ToArray()], body =>
        {
            foreach (bool openMetrics in new[] { false, true }) WithBatch(ExpositionDecoder.Protocol, batch => ExpositionDecoder.Decode(body, batch, new() { DefaultTimeMs = 0, OpenMetrics = openMetrics }));
        }
        );
        yield return ("graphite", [bodies.Graphite()], body => WithBatch(GraphiteDecoder.Protocol, batch => GraphiteDecoder.Decode(body, batch, 0)));
        yield return ("statsd", [bodies.Statsd(), "a:1|c|@0.5:2|c\nb,x=y:+3|g\nc:1:2:3|ms|#t\nd:u|s\n"u8.ToArray()], body =>
        {
            var aggregator = new StatsdAggregator(Tenant);
            aggregator.Take(body);
            WithBatch("none", batch => aggregator.Flush(0, TimeSpan.FromSeconds(10), batch));
        }
        );
        yield return ("influx", [bodies.WideLines(), "m,a\\ b=c\\,d f=\"te\\\"xt\",g=t,h=1i,i=2u 12\n# c\n"u8.ToArray()], body => Check(LineProtocolDecoder.TryDecode(body, Tenant, 1, out IngestBatch? batch, out DecodeFailure? failure), batch, failure));
        yield return ("otlp", [bodies.Otlp()], body => Check(OtlpMetricsDecoder.TryDecode(body, Tenant, out IngestBatch? batch, out DecodeFailure? failure), batch, failure));
        yield return ("otlp_json", ["""{"resourceMetrics":[{"resource":{"attributes":[{"key":"a","value":{"stringValue":"b"}}]},"scopeMetrics":[{"metrics":[{"name":"m","sum":{"dataPoints":[{"asInt":"1","timeUnixNano":"5"}]}}]}]}]}"""u8.ToArray()], body =>
        {
            if (OtlpJson.TryRewriteMetrics(body, out byte[]? message, out int length, out DecodeFailure? failure) != (failure is null)) throw new InvalidOperationException("neither yes nor no");
            if (message is not null && !OtlpMetricsDecoder.TryDecode(message.AsSpan(0, length), Tenant, out _, out DecodeFailure? wrong)) throw new InvalidOperationException($"rewritten into no message: {wrong.Detail}");
        }
        );
        yield return ("events", [bodies.Events(), """[{"timestamp":"2026-01-01T00:00:00Z","cpu":1,"memory":2,"disk":3}]"""u8.ToArray()], body => Check(EventsDecoder.TryDecode(body, Tenant, TimePrecision.Auto, out IngestBatch? batch, out DecodeFailure? failure), batch, failure));
        yield return ("collectd", [bodies.Collectd()], body => Check(CollectdDecoder.TryDecode(body, Tenant, out IngestBatch? batch, out DecodeFailure? failure), batch, failure));
    }
}
