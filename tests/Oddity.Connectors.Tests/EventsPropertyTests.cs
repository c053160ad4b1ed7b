using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Tests;

/// <summary>What is encoded is decoded, in every layout; and no mutation of a valid body makes the decoder throw.</summary>
public class EventsPropertyTests
{
    private sealed record Event(string Metric, Dictionary<string, string> Labels, double Value, long? TimeMs);

    private static readonly Gen<string> s_text =
        from chars in Gen.Elements("abcXYZ_019 .,;:{}[]\"\\/\n\t\u0001éß漢\u2028".ToCharArray()).ArrayOf()
        from emoji in Gen.Elements("", "😀")
        select new string(chars) + emoji;

    private static readonly Gen<Event> s_event =
        from metric in s_text.Where(text => text.Length > 0)
        from labels in Gen.Zip(s_text, s_text).ListOf()
        from value in ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite)
        from time in Gen.OneOf(Gen.Constant<long?>(null), Gen.Choose(0, int.MaxValue).Select(t => (long?)t * 997 + 100_000_000_000))
        select new Event(metric, labels.GroupBy(l => l.Item1).ToDictionary(g => g.Key, g => g.Last().Item2), value, time);

    [Fact]
    public void Random_events_come_back_as_they_were() => Prop.ForAll(s_event.ListOf().ToArbitrary(), ArbMap.Default.ArbFor<int>(), (events, layout) =>
    {
        IngestBatch batch = Decode(Encode([.. events], layout));
        batch.Errors.ShouldBeEmpty();
        batch.RecordCount.ShouldBe(events.Count);
        for (int i = 0; i < events.Count; i++)
        {
            batch.Rows[i].ShouldBe(new(SeriesKey.Create("t", events[i].Metric, events[i].Labels), events[i].TimeMs, events[i].Value, i));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_wide_events_come_back_as_they_were()
    {
        Gen<Dictionary<string, double>> fields =
            from pairs in Gen.Zip(s_text.Select(text => "f" + text), ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite)).NonEmptyListOf()
            select pairs.GroupBy(p => p.Item1).ToDictionary(g => g.Key, g => g.Last().Item2);
        Prop.ForAll(fields.ToArbitrary(), wide =>
        {
            IngestBatch batch = Decode(JsonSerializer.SerializeToUtf8Bytes(wide));
            batch.Errors.ShouldBeEmpty();
            batch.Rows.ToDictionary(row => row.Series.Metric, row => row.Value)
                .ShouldBe(wide.ToDictionary(field => "system_metrics_" + field.Key, field => field.Value), ignoreOrder: true);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Mutated_bodies_never_make_it_throw()
    {
        byte[][] seeds =
        [
            .. new[]
            {
                """{"timestamp":1234567890,"metric":"cpu_usage","value":45.2,"meta":{"host":"server1","n":[1,{"a":null}]}}""",
                """[{"metric":"load1","labels":{"job":"node"},"value":0.25,"timestamp":1700000000123},{"name":"b","value":"1e3","time":"2024-01-01T00:00:00Z"}]""",
                """{"timestamp":"2025-01-15T10:30:00Z","cpu":92.3,"memory":88.1,"disk":95.6,"host":"caf\u00e9 \ud83d\ude00"}""",
                "{\"api_id\":\"3fa85f64\",\"timestamp\":\"2024-01-01\",\"latency_ms\":145,\"status_code\":200,\"response_size\":2048}\n{\"cpu\":1}\r\n\r\n{\"metric\":\"a\",\"value\":2}\n",
            }.Select(Encoding.UTF8.GetBytes),
        ];
        var random = new Random(20240607);
        for (int i = 0; i < 8000; i++)
        {
            byte[] body = Mutate(seeds[i % seeds.Length], random);
            if (EventsDecoder.TryDecode(body, "t", TimePrecision.Auto, out IngestBatch? batch, out DecodeFailure? failure)) Check(batch);
            else failure.ShouldNotBeNull();
        }
    }

    private static void Check(IngestBatch batch)
    {
        batch.Rows.ShouldAllBe(row => double.IsFinite(row.Value) && row.Record < batch.RecordCount);
        var rejected = batch.Errors.Select(error => error.Index).ToHashSet();
        rejected.Count.ShouldBe(batch.Errors.Count);
        var good = batch.Rows.Select(row => row.Record).ToHashSet();
        good.Overlaps(rejected).ShouldBeFalse();
        (good.Count + rejected.Count).ShouldBe(batch.RecordCount);
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        List<byte> body = [.. seed];
        byte[] interesting = [.. "{}[]\",:\\\n0129eE.-+ tfnu\u0000"u8, 0xFF, 0xC0, 0xEF, 0x80];
        for (int n = random.Next(1, 6); n > 0 && body.Count > 0; n--)
        {
            int at = random.Next(body.Count);
            switch (random.Next(6))
            {
                case 0: body[at] = (byte)random.Next(256); break;
                case 1: body[at] = interesting[random.Next(interesting.Length)]; break;
                case 2: body.RemoveRange(at, Math.Min(random.Next(1, 20), body.Count - at)); break;
                case 3: body.InsertRange(at, seed[..random.Next(seed.Length)]); break;
                case 4: body.Insert(at, interesting[random.Next(interesting.Length)]); break;
                default: body.InsertRange(at, body.GetRange(at, Math.Min(random.Next(1, 30), body.Count - at))); break;
            }
        }

        return [.. body];
    }

    private static byte[] Encode(Event[] events, int layout)
    {
        string[] objects = [.. events.Select((item, i) => Encode(item, layout + i))];
        string text = (layout & 3) switch
        {
            0 => $"[{string.Join(",", objects)}]",
            1 => $"\uFEFF[ {string.Join(" ,\r\n ", objects)} ]\n",
            2 when events.Length > 0 => string.Join("\n\n", objects),
            3 when events.Length > 0 => "\uFEFF" + string.Concat(objects),
            _ => "[]",
        };
        return Encoding.UTF8.GetBytes(text);
    }

    private static string Encode(Event item, int layout)
    {
        string metric = $"\"{((layout & 4) == 0 ? "metric" : "name")}\":{JsonSerializer.Serialize(item.Metric)}";
        string labels = $"\"{((layout & 8) == 0 ? "labels" : "meta")}\":{JsonSerializer.Serialize(item.Labels)}";
        string number = item.Value.ToString("R", CultureInfo.InvariantCulture);
        string value = $"\"value\":{((layout & 16) == 0 ? number : $"\"{number}\"")}";
        string time = $"\"timestamp\":{(item.TimeMs is not { } ms ? "null" : (layout & 32) == 0 ? $"{ms}" : $"\"{DateTimeOffset.FromUnixTimeMilliseconds(ms):yyyy-MM-ddTHH:mm:ss.fffZ}\"")}";
        return (layout & 64) == 0 ? $"{{{metric},{labels},{value},{time}}}" : $"{{ {time} , {value} , {labels} , {metric} }}";
    }

    private static IngestBatch Decode(byte[] body)
    {
        EventsDecoder.TryDecode(body, "t", TimePrecision.Auto, out IngestBatch? batch, out DecodeFailure? failure).ShouldBeTrue(failure?.Detail);
        return batch!;
    }
}
