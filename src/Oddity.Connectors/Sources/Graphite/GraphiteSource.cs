using System.Net;
using Microsoft.Extensions.Logging;
using Oddity.Engine;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Graphite;

/// <summary>Listens for Graphite's plaintext protocol on TCP, as carbon does. There are no answers, so lines wait while the server cannot take them.</summary>
public sealed class GraphiteSource(ListenOptions options, Pipeline pipeline, TimeProvider time, ILogger<GraphiteSource> logger) : ISource
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly SourceHealth _health = new("graphite", time, logger);
    private readonly Lock _telling = new();
    private TcpServer? _server;
    private long _stored;
    private long _refused;
    private string _reason = "";

    public SourceStatus Status => _health.Status;

    /// <summary>Where it listens; null while it does not.</summary>
    public IPEndPoint? Bound => _server?.Bound;

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            await TcpServer.KeepAsync(options.Listen, ListenAsync, _health.Failed, time, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _health.Off();
        }
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        using var server = new TcpServer(
            options.Listen, (stream, stop) => LineStream.ReadAsync(stream, TakeAsync, () => Tell(0, 1, "a line is too long, or has no end"), stop), logger);
        server.Start();
        _server = server;
        await server.RunAsync(cancel);
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        long begin = time.GetTimestamp();
        while (true)
        {
            Batch batch = pipeline.BeginBatch(options.Tenant, GraphiteDecoder.Protocol, IngestOptions.Live);
            GraphiteDecoder.Decode(lines.Span, batch, time.GetUtcNow().ToUnixTimeMilliseconds());
            IngestResult result = await pipeline.CommitAsync(batch, CancellationToken.None);
            bool final = result.Outcome is IngestOutcome.Stored or IngestOutcome.NothingAccepted || time.GetElapsedTime(begin) > Patience;
            if (final) Tell(result.Accepted, result.Rejected, result.Errors.Count > 0 ? result.Errors[0].Detail : SourceHealth.Refusal(result));
            if (final) return;
            await Task.Delay(result.RetryAfter ?? TimeSpan.FromSeconds(1), time, cancel);
        }
    }

    private void Tell(int stored, int refused, string reason)
    {
        lock (_telling)
        {
            (_stored, _refused) = (_stored + stored, _refused + refused);
            if (refused > 0) _reason = reason;
            string detail = $"{_stored} lines" + (_refused > 0 ? $"; {_refused} refused, the last: {_reason}" : "");
            if (stored > 0 || refused == 0) _health.Ok(detail);
            else _health.Failed(detail);
        }
    }
}
