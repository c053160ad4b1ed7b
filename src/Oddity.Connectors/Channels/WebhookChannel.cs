using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Oddity.Connectors.Outbound;
using Oddity.Engine.Alerting;
using Oddity.Engine.Anomalies;

namespace Oddity.Connectors.Channels;

/// <summary>
/// Alerts as JSON, <c>{"alert_id", "link", "anomaly"}</c>. <c>Idempotency-Key</c> is the alert's id, the same at every attempt. With a secret,
/// <c>X-Oddity-Signature: sha256=…</c> is the hexadecimal HMAC-SHA256 of <c>X-Oddity-Timestamp</c>, a full stop and the body.
/// </summary>
/// <param name="options">Where to.</param>
/// <param name="http">The way out.</param>
/// <param name="time">Stamps signed requests.</param>
/// <param name="write">The anomaly as a JSON object, as the API shows it.</param>
public sealed class WebhookChannel(WebhookOptions options, OutboundHttp http, TimeProvider time, Func<Anomaly, ReadOnlyMemory<byte>> write) : IChannel
{
    public string Name => options.Name;

    public async Task<Delivery> SendAsync(Alert alert, CancellationToken cancel)
    {
        ReadOnlyMemory<byte> body = Body(alert);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", alert.Id);
        if (!string.IsNullOrEmpty(options.Secret)) Sign(request, body.Span);
        return await Attempt.SendAsync(http, request, cancel);
    }

    private ReadOnlyMemory<byte> Body(Alert alert)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("alert_id", alert.Id);
        json.WriteString("link", alert.Link);
        json.WritePropertyName("anomaly");
        json.WriteRawValue(write(alert.Anomaly).Span);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body)
    {
        string timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(options.Secret!));
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp + "."));
        hmac.AppendData(body);
        request.Headers.TryAddWithoutValidation("X-Oddity-Timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("X-Oddity-Signature", $"sha256={Convert.ToHexStringLower(hmac.GetHashAndReset())}");
    }
}
