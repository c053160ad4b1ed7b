using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Oddity.Connectors.Sources.Prometheus;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Tests;

public sealed class PrometheusDecoderTests
{
    private const string Matrix = """
        {"status":"success","data":{"resultType":"matrix","result":[
          {"metric":{"__name__":"up","instance":"a:1","job":"x"},"values":[[1795237452,"1"],[1795237453.5,"0.25"],[1795237454,"NaN"],[1795237455,"+Inf"],[1795237456,"-Inf"],[1795237457,"-1e-3"]]},
          {"metric":{"__name__":"up","job":"y"},"values":[]},
          {"metric":{"__name__":"h"},"histograms":[[1795237452,{"count":"1","buckets":[[0,"1","2","3"]]}]]}]},"warnings":["w"]}
        """;

    [Fact]
    public void A_matrix_becomes_samples_without_those_that_are_no_numbers()
    {
        var batch = new IngestBatch("t");

        RangeAnswer answer = PrometheusDecoder.Range(Encoding.UTF8.GetBytes(Matrix), batch, null, [new("prometheus", "p1")]);

        answer.ShouldBe(new(Series: 3, Samples: 3, Skipped: 3));
        batch.RecordCount.ShouldBe(3);
        batch.Rows.Select(row => (row.Series.Text, row.TimeMs, row.Value)).ShouldBe(
        [
            ("up{instance=\"a:1\",job=\"x\",prometheus=\"p1\"}", 1_795_237_452_000, 1), ("up{instance=\"a:1\",job=\"x\",prometheus=\"p1\"}", 1_795_237_453_500, 0.25),
            ("up{instance=\"a:1\",job=\"x\",prometheus=\"p1\"}", 1_795_237_457_000, -0.001),
        ]);
        batch.Rows[0].Series.Tenant.ShouldBe("t");
    }

    [Fact]
    public void A_derived_metric_names_its_series()
    {
        var batch = new IngestBatch("default");

        PrometheusDecoder.Range("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"job\":\"x\"},\"values\":[[1,\"2\"]]}]}}"u8, batch, "http_requests_total:rate", []);

        batch.Rows.Single().Series.Text.ShouldBe("http_requests_total:rate{job=\"x\"}");
    }

    [Fact]
    public void The_other_answers_are_read()
    {
        PrometheusDecoder.Time("{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1795237454.502,\"1795237454.502\"]}}"u8).ShouldBe(1_795_237_454_502);
        PrometheusDecoder.Names("{\"status\":\"success\",\"data\":[\"a\",\"b\"]}"u8).ShouldBe(["a", "b"]);
        PrometheusDecoder.Names("{\"status\":\"success\",\"data\":null}"u8).ShouldBeEmpty();
        PrometheusDecoder.Types("{\"status\":\"success\",\"data\":{\"a\":[{\"type\":\"unknown\",\"help\":\"type\",\"unit\":\"\"},{\"type\":\"counter\"}],\"b\":[{\"type\":\"gauge\"},{\"type\":\"counter\"}],\"c\":[]}}"u8)
            .ShouldBe(new Dictionary<string, string> { ["a"] = "counter", ["b"] = "gauge" });
        PrometheusDecoder.ScrapeIntervals("{\"status\":\"success\",\"data\":{\"activeTargets\":[{\"labels\":{},\"scrapeInterval\":\"15s\"},{\"scrapeInterval\":\"1m\"},{\"scrapeInterval\":\"?\"}],\"droppedTargets\":[]}}"u8)
            .ShouldBe([TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1)]);
        PrometheusDecoder.Error("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"exceeded\"}"u8).ShouldBe("exceeded");
        PrometheusDecoder.Error("<html>"u8).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>hello</html>")]
    [InlineData("{}")]
    [InlineData("{\"status\":\"success\"}")]
    [InlineData("{\"status\":\"error\",\"data\":{\"result\":[]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"result\":[]}} {}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"result\":{}}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"result\":[{\"values\":[[1,\"2\"]]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{\"a\":1},\"values\":[]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{},\"values\":[]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{\"__name__\":\"m\"},\"values\":[[1,2]]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{\"__name__\":\"m\"},\"values\":[[1,\"two\"]]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{\"__name__\":\"m\"},\"values\":[[1e300,\"2\"]]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{\"__name__\":\"m\"},\"values\":[[1,\"2\",3]]}]}}")]
    public void Anything_else_is_a_format_mistake(string body) =>
        Should.Throw<FormatException>(() => PrometheusDecoder.Range(Encoding.UTF8.GetBytes(body), new("t"), null, []));

    [Fact]
    public void A_cut_answer_is_never_taken_for_a_whole_one()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Matrix.Trim());
        for (int length = 0; length < whole.Length; length++)
            Should.Throw<FormatException>(() => PrometheusDecoder.Range(whole.AsSpan(0, length), new("t"), null, []));
    }

    [Fact]
    public void Mutated_answers_are_read_or_refused_and_nothing_infinite_gets_in()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Matrix);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll<(int At, byte With)[]>(mutations =>
        {
            byte[] body = [.. whole];
            foreach ((int at, byte with) in mutations.Take(4)) body[Math.Abs(at % body.Length)] = with;
            var batch = new IngestBatch("t");
            foreach (Action read in new Action[]
            {
                () => PrometheusDecoder.Range(body, batch, null, []), () => PrometheusDecoder.Time(body), () => PrometheusDecoder.Names(body),
                () => PrometheusDecoder.Types(body), () => PrometheusDecoder.ScrapeIntervals(body), () => PrometheusDecoder.Error(body),
            })
            {
                try
                {
                    read();
                }
                catch (FormatException)
                {
                    // Refused.
                }
            }

            return batch.Rows.TrueForAll(row => double.IsFinite(row.Value));
        }));
    }
}
