using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Oddity.Connectors.Outbound;

namespace Oddity.Connectors.Sources.Simulator;

/// <summary>The simulator as a client: posts readings to a server's <c>/ingest</c>, as an agent on a machine would.</summary>
public sealed class SimulatorClient(SimulatorClientOptions options, OutboundHttp http, TimeProvider time, Action<string> say)
{
    /// <summary>Failures in a row after which it gives up.</summary>
    private const int MaxFailures = 5;

    private readonly SimulatedMachine _machine = new(options.Simulator.Seed, options.Simulator.AnomalousShare);
    private readonly Uri _url = IngestUrl(options.Url);

    /// <summary>Readings the server took.</summary>
    public long Sent { get; private set; }

    /// <summary>Sends until the count is reached or it is cancelled.</summary>
    /// <exception cref="OutboundException">The server could not be reached at all, refused for good, or failed five times in a row; the message says which.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(options.Simulator.Interval, time);
        int failures = 0;
        while (options.Count is not { } count || Sent < count)
        {
            SimulatedMachine.Reading reading = _machine.Next();
            if (await SendAsync(reading, cancel) is { } problem)
            {
                if (Sent == 0 || ++failures == MaxFailures) throw problem;
                say($"{problem.Message}; trying again");
            }
            else
            {
                failures = 0;
                Sent++;
                say(string.Create(
                    CultureInfo.InvariantCulture, $"{Sent}: cpu {reading.Cpu:0.0} % memory {reading.Memory:0.0} % disk {reading.Disk:0.0} %{(reading.Anomalous ? "  <- odd" : "")}"));
            }

            if (Sent != options.Count) await timer.WaitForNextTickAsync(cancel);
        }
    }

    /// <summary>Null once the server took it; what went wrong if another attempt can help.</summary>
    private async Task<OutboundException?> SendAsync(SimulatedMachine.Reading reading, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ReadOnlyMemoryContent(Body(reading)) };
        request.Content.Headers.ContentType = new("application/json");
        if (options.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        OutboundAnswer answer;
        try
        {
            answer = await http.SendAsync(request, cancel);
        }
        catch (OutboundException failure)
        {
            var named = new OutboundException($"{_url.GetLeftPart(UriPartial.Authority)} cannot be reached: {failure.Message}", failure) { MayRetry = failure.MayRetry };
            return named.MayRetry ? named : throw named;
        }

        if (answer.Success) return null;
        var refusal = new OutboundException($"{_url.GetLeftPart(UriPartial.Path)} answered {(int)answer.Status}: {Advice(answer)}") { MayRetry = answer.MayRetry };
        return refusal.MayRetry ? refusal : throw refusal;
    }

    private ReadOnlyMemory<byte> Body(SimulatedMachine.Reading reading)
    {
        var body = new ArrayBufferWriter<byte>(128);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("timestamp", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteNumber("cpu", reading.Cpu);
        json.WriteNumber("memory", reading.Memory);
        json.WriteNumber("disk", reading.Disk);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private static Uri IngestUrl(Uri url) => url.AbsolutePath.EndsWith("/ingest", StringComparison.Ordinal) ? url : new(url.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/ingest");

    private static string Advice(OutboundAnswer answer) => answer.Status switch
    {
        HttpStatusCode.Unauthorized => "it wants a token that may ingest",
        HttpStatusCode.Forbidden => "the token may not ingest",
        HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => "is this an Oddity server?",
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => "it leads elsewhere; give the final address",
        _ => Printable(Encoding.UTF8.GetString(answer.Body.Span)),
    };

    private static string Printable(string text)
    {
        text = text.Length > 200 ? text[..200] : text;
        return string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
    }
}
