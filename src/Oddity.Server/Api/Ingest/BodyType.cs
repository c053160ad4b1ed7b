using Microsoft.Net.Http.Headers;

namespace Oddity.Server.Api.Ingest;

/// <summary>
/// What a request says its body is. People type <c>curl -d</c>, which says it is a form, or nothing at all; so JSON, text, forms, plain bytes and
/// silence are all looked at for what they are. What is plainly something else is refused.
/// </summary>
internal static class BodyType
{
    /// <exception cref="ProblemException">415 when the type is foreign or its text is not UTF-8.</exception>
    public static void Check(HttpRequest request) => Check(request, IsText);

    /// <summary>The same for a file sent as the body, which may be compressed by itself.</summary>
    /// <exception cref="ProblemException">415 when the type is foreign or its text is not UTF-8.</exception>
    public static void CheckFile(HttpRequest request) =>
        Check(request, type => IsText(type) || type.MediaType.Value?.ToLowerInvariant() is "application/gzip" or "application/x-gzip");

    /// <summary>True if it says that it is a table; whatever else it says, the first character tells whether it is JSON.</summary>
    public static bool IsTable(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
        && type.MediaType.Value?.ToLowerInvariant() is "text/csv" or "application/csv" or "text/tab-separated-values";

    private static void Check(HttpRequest request, Func<MediaTypeHeaderValue, bool> taken)
    {
        if (string.IsNullOrWhiteSpace(request.ContentType)) return;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)) throw Unsupported(request.ContentType);
        if (!taken(type)) throw Unsupported(request.ContentType);
        string? charset = type.Charset.Value?.Trim('"').ToLowerInvariant();
        if (charset is not (null or "" or "utf-8" or "utf8" or "us-ascii" or "ascii")) throw Unsupported(request.ContentType);
    }

    private static bool IsText(MediaTypeHeaderValue type) =>
        type.Type.Equals("text", StringComparison.OrdinalIgnoreCase)
        || type.SubTypeWithoutSuffix.Equals("json", StringComparison.OrdinalIgnoreCase)
        || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)
        || type.MediaType.Value?.ToLowerInvariant()
            is "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/x-jsonlines" or "application/jsonlines" or "application/csv"
            or "application/x-www-form-urlencoded" or "application/octet-stream";

    private static ProblemException Unsupported(string? type) => new(
        StatusCodes.Status415UnsupportedMediaType,
        "unknown_content_type",
        $"Content-Type '{Problem.Echo(type)}' is not taken here. Send application/json, application/x-ndjson or text/csv in UTF-8, or no type at all.");
}
