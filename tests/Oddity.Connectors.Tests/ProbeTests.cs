using Microsoft.Extensions.Logging.Abstractions;
using Oddity.Connectors.Outbound;
using Oddity.Connectors.Sources.Probes;
using Oddity.Engine.Calls;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Tests;

/// <summary>Probes of registered APIs, against a server on loopback.</summary>
public sealed class ProbeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, null, true)]
    [InlineData(302, null, true)]
    [InlineData(404, null, false)]
    [InlineData(500, null, false)]
    [InlineData(0, null, false)]
    [InlineData(404, 404, true)]
    [InlineData(200, 204, false)]
    public async Task What_comes_of_a_probe_is_a_call_and_a_sample(int status, int? expected, bool good)
    {
        await using var server = new FakeServer(_ => new(status, "hello"));
        IngestBatch batch = (await ProbeAsync(server, allowPrivate: true, new(60, 5000, expected))).ShouldHaveSingleItem();
        batch.Rows.ShouldHaveSingleItem().Value.ShouldBe(good ? 1 : 0);
        batch.Rows[0].Series.Text.ShouldBe("api_up{api_id=\"x\"}");
        Call call = batch.Calls.ShouldHaveSingleItem().Call;
        (call.Service, call.Operation, call.Failed).ShouldBe(("x", "(probe)", !good));
        server.Requests.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_down()
    {
        await using var server = new FakeServer(_ => new(200) { Hang = true });
        (await ProbeAsync(server, allowPrivate: true, new(60, 100, null)))[0].Rows[0].Value.ShouldBe(0);
    }

    [Fact]
    public async Task A_private_address_is_not_called_unless_that_is_allowed()
    {
        await using var server = new FakeServer(_ => new(200));
        (await ProbeAsync(server, allowPrivate: false, new(60, 5000, null)))[0].Rows[0].Value.ShouldBe(0);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_API_is_probed_once_each_interval()
    {
        await using var server = new FakeServer(_ => new(200));
        var time = new ManualTime();
        using var http = new OutboundHttp(new() { AllowPrivate = true }, TimeProvider.System);
        var batches = new List<IngestBatch>();
        ProbeSource probes = Source(server, http, new(60, 5000, null), time, batches);
        for (int i = 0; i < 121; i++)
        {
            await probes.ProbeDueAsync(Cancel);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        batches.Count.ShouldBe(3);
    }

    private static async Task<List<IngestBatch>> ProbeAsync(FakeServer server, bool allowPrivate, ApiProbe probe)
    {
        using var http = new OutboundHttp(new() { AllowPrivate = allowPrivate }, TimeProvider.System);
        var batches = new List<IngestBatch>();
        await Source(server, http, probe, TimeProvider.System, batches).ProbeDueAsync(Cancel);
        return batches;
    }

    private static ProbeSource Source(FakeServer server, OutboundHttp http, ApiProbe probe, TimeProvider time, List<IngestBatch> batches)
    {
        Api[] apis = [new("x", "X", server.Url.ToString(), null, probe), new("y", "not probed", server.Url.ToString(), null, null)];
        return new(() => [.. apis.Select(api => ("default", api))], http, Sink, time, NullLogger<ProbeSource>.Instance);

        Task<IngestResult> Sink(IngestBatch batch, IngestOptions options, CancellationToken cancel)
        {
            batches.Add(batch);
            return Task.FromResult(new IngestResult(IngestOutcome.Stored, 1, 0, []));
        }
    }
}
