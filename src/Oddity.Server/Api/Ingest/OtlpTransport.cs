using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using Microsoft.Net.Http.Headers;
using Oddity.Engine.Intake;
using Oddity.Server.Configuration;

namespace Oddity.Server.Api.Ingest;

/// <summary>
/// How OTLP's messages come and are answered: over HTTP in protocol buffers or JSON, and over gRPC, whose unary call is a message in a frame of five bytes,
/// answered by another and by trailers.
/// </summary>
internal static class OtlpTransport
{
    private const string Protobuf = "application/x-protobuf", JsonType = "application/json", Grpc = "application/grpc";
    private const int FrameBytes = 5;

    /// <summary>Answers a request over HTTP.</summary>
    public static async Task AnswerAsync(
        HttpContext context, HttpOptions limits, BodyBudget budget, IngestParameters parameters, Func<ReadOnlyMemory<byte>, bool, IngestOptions, Task<OtlpAnswer>> take)
    {
        string type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? parsed) ? parsed.MediaType.Value!.ToLowerInvariant() : "";
        if (type is not (Protobuf or JsonType))
            throw new ProblemException(415, "unknown_content_type", $"Content-Type '{Problem.Echo(context.Request.ContentType)}' is neither {Protobuf} nor {JsonType}.");
        OtlpAnswer answer;
        try
        {
            IngestOptions options = parameters.Options();
            using RequestBody body = await RequestBody.ReadAsync(context, limits, budget);
            answer = await take(body.Bytes, type == JsonType, options);
        }
        catch (ProblemException problem)
        {
            answer = OtlpAnswer.Of(problem);
        }

        HttpResponse response = context.Response;
        (response.StatusCode, response.ContentType) = (answer.HttpStatus, type);
        if (answer.RetryAfter is { } wait) Problem.SetRetryAfter(response, wait);
        byte[] message = type == JsonType ? answer.ToJson() : answer.ToProtobuf();
        response.ContentLength = message.Length;
        await response.BodyWriter.WriteAsync(message, context.RequestAborted);
    }

    /// <summary>Answers a gRPC call.</summary>
    public static async Task AnswerCallAsync(HttpContext context, HttpOptions limits, BodyBudget budget, Func<ReadOnlyMemory<byte>, Task<OtlpAnswer>> take)
    {
        string type = context.Request.ContentType ?? "";
        if (!type.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase) || !HttpProtocol.IsHttp2(context.Request.Protocol))
            throw new ProblemException(415, "unknown_content_type", $"This route takes gRPC ({Grpc} over HTTP/2).");
        OtlpAnswer answer;
        try
        {
            using RequestBody frame = await RequestBody.ReadAsync(context, limits, budget);
            using RequestBody message = await UnframeAsync(context, frame, limits, budget);
            answer = await take(message.Bytes);
        }
        catch (ProblemException problem)
        {
            answer = OtlpAnswer.Of(problem);
        }

        HttpResponse response = context.Response;
        (response.StatusCode, response.ContentType) = (200, Grpc);
        response.DeclareTrailer("grpc-status");
        if (answer.GrpcStatus == 0)
        {
            byte[] body = answer.ToProtobuf();
            byte[] head = new byte[FrameBytes];
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), body.Length);
            await response.BodyWriter.WriteAsync((byte[])[.. head, .. body], context.RequestAborted);
        }
        else
        {
            response.AppendTrailer("grpc-message", Uri.EscapeDataString(answer.Message ?? ""));
        }

        response.AppendTrailer("grpc-status", answer.GrpcStatus.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The message of the one frame in the body.</summary>
    /// <exception cref="ProblemException">400: there is no such frame; 413: too large; 415: compressed in a way that is not taken.</exception>
    private static async Task<RequestBody> UnframeAsync(HttpContext context, RequestBody frame, HttpOptions limits, BodyBudget budget)
    {
        ReadOnlyMemory<byte> bytes = frame.Bytes;
        if (bytes.Length < FrameBytes || bytes.Span[0] > 1 || BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[1..]) != (uint)(bytes.Length - FrameBytes))
            throw new ProblemException(400, "bad_frame", "The body is not one gRPC frame.");
        await using Stream plain = Decode.AsStream(bytes[FrameBytes..]);
        if (bytes.Span[0] == 0) return await RequestBody.ReadAsync(plain, limits.MaxDecompressedBytes, budget, context.RequestAborted);
        string encoding = context.Request.Headers["grpc-encoding"].ToString();
        if (encoding != "gzip") throw new ProblemException(415, "unknown_encoding", $"grpc-encoding '{Problem.Echo(encoding)}' is not gzip.");
        await using var gzip = new GZipStream(plain, CompressionMode.Decompress);
        return await RequestBody.ReadAsync(gzip, limits.MaxDecompressedBytes, budget, context.RequestAborted);
    }
}
