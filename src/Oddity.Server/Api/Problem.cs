using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Oddity.Server.Api;

/// <summary>Writes RFC 9457 answers: <c>type</c>, <c>title</c>, <c>status</c>, <c>code</c>, <c>detail</c>, and <c>limit</c> where one was hit.</summary>
internal static class Problem
{
    private const int EchoLength = 64;

    internal static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends a problem.</summary>
    /// <param name="context">The request; nothing may have been sent yet.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">A stable word for programs; null: the status in snake case, such as <c>not_found</c>.</param>
    /// <param name="detail">A sentence for people; null for none.</param>
    /// <param name="limit">Name of the limit that was hit; null if none was.</param>
    /// <param name="retryAfter">When trying again may help; null sends no <c>Retry-After</c>.</param>
    /// <param name="more">Writes further members; null for none.</param>
    public static async Task WriteAsync(
        HttpContext context,
        int status,
        string? code = null,
        string? detail = null,
        string? limit = null,
        TimeSpan? retryAfter = null,
        Action<Utf8JsonWriter>? more = null)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        if (retryAfter is { } wait) SetRetryAfter(response, wait);
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Json))
        {
            string title = ReasonPhrases.GetReasonPhrase(status);
            writer.WriteStartObject();
            writer.WriteString("type", "about:blank");
            writer.WriteString("title", title);
            writer.WriteNumber("status", status);
            writer.WriteString("code", code ?? title.ToLowerInvariant().Replace(' ', '_').Replace("-", "_", StringComparison.Ordinal));
            if (detail is not null) writer.WriteString("detail", detail);
            if (limit is not null) writer.WriteString("limit", limit);
            more?.Invoke(writer);
            writer.WriteEndObject();
        }

        response.ContentLength = buffer.WrittenCount;
        await response.BodyWriter.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    /// <summary>Says when trying again may help, in whole seconds, one at least; for every protocol's answers.</summary>
    public static void SetRetryAfter(HttpResponse response, TimeSpan wait) =>
        response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    /// <summary>Input as an answer may repeat it: at most 64 characters, control characters escaped.</summary>
    public static string Echo(string? input)
    {
        if (string.IsNullOrEmpty(input)) return "";
        var text = new StringBuilder(EchoLength + 8);
        foreach (char c in input)
        {
            if (text.Length >= EchoLength) return text.Append('…').ToString();
            if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\u202e') text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else text.Append(c);
        }

        return text.ToString();
    }
}
