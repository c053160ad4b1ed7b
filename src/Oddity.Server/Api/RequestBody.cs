using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Oddity.Connectors.Sources.RemoteWrite;
using Oddity.Server.Configuration;

namespace Oddity.Server.Api;

/// <summary>
/// A request's whole body, decompressed, within the limits. Memory grows with what has arrived, never with what was announced. Dispose it after
/// use: its memory is borrowed.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private readonly BodyBudget _budget;
    private byte[] _buffer = [];
    private int _length;

    private RequestBody(BodyBudget budget) => _budget = budget;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads it all.</summary>
    /// <exception cref="ProblemException">413 too large, 415 encoding unknown or stacked, 400 broken compression, 503 no memory for it now.</exception>
    public static async Task<RequestBody> ReadAsync(HttpContext context, HttpOptions limits, BodyBudget budget)
    {
        await using Stream decoded = Open(context, limits, out long limit);
        return await ReadAsync(decoded, limit, budget, context.RequestAborted);
    }

    /// <summary>Reads it all where it has to be one block of snappy, and unpacks it.</summary>
    /// <exception cref="ProblemException">413 too large, 415 another encoding, 400 a broken block, 503 no memory for it now.</exception>
    public static async Task<RequestBody> ReadSnappyAsync(HttpContext context, HttpOptions limits, BodyBudget budget)
    {
        string encoding = context.Request.Headers.ContentEncoding.ToString();
        if (!encoding.Equals("snappy", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "unknown_encoding", $"Content-Encoding '{Problem.Echo(encoding)}' is not snappy.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
        if (context.Request.ContentLength > limits.MaxBodyBytes) throw TooLarge(limits.MaxBodyBytes);
        using var packed = new RequestBody(budget);
        await packed.FillAsync(context.Request.BodyReader, limits.MaxBodyBytes, context.RequestAborted);
        if (!SnappyBlock.TryReadLength(packed.Bytes.Span, out int length)) throw BadSnappy();
        if (length > limits.MaxDecompressedBytes) throw TooLarge(limits.MaxDecompressedBytes);
        var body = new RequestBody(budget);
        try
        {
            body.Grow(length);
            body._length = length;
            return SnappyBlock.TryDecode(packed.Bytes.Span, body._buffer.AsSpan(0, length)) ? body : throw BadSnappy();
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The body as a stream, decompressed and limited as it is sent; <paramref name="limit"/> is what the reader has to count.</summary>
    /// <exception cref="ProblemException">413 it announces to be too large, 415 encoding unknown or stacked.</exception>
    public static Stream Open(HttpContext context, HttpOptions limits, out long limit)
    {
        HttpRequest request = context.Request;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
        if (request.ContentLength > limits.MaxBodyBytes) throw TooLarge(limits.MaxBodyBytes);
        var sent = new LimitedStream(request.Body, limits.MaxBodyBytes, () => TooLarge(limits.MaxBodyBytes));
        Stream decoded = Decompress(sent, request.Headers.ContentEncoding.ToString());
        limit = decoded == sent ? limits.MaxBodyBytes : limits.MaxDecompressedBytes;
        return decoded;
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="ProblemException">413 beyond <paramref name="limit"/> bytes, 400 broken compression, 503 no memory for it now.</exception>
    public static async Task<RequestBody> ReadAsync(Stream from, long limit, BodyBudget budget, CancellationToken cancel)
    {
        var body = new RequestBody(budget);
        try
        {
            await body.FillAsync(from, limit, cancel);
            return body;
        }
        catch (Exception broken) when (broken is InvalidDataException or InvalidOperationException) // The latter is how Brotli says it.
        {
            body.Dispose();
            throw new ProblemException(StatusCodes.Status400BadRequest, "bad_encoding", "The compressed body is broken or ends too early.");
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _budget.Return(_buffer.Length);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _length) = ([], 0);
    }

    private static Stream Decompress(Stream body, string encoding) => encoding.Trim().ToLowerInvariant() switch
    {
        "" or "identity" => body,
        "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress),
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        _ => throw new ProblemException(
            StatusCodes.Status415UnsupportedMediaType,
            "unknown_encoding",
            $"Content-Encoding '{Problem.Echo(encoding)}' is not one of gzip, deflate, br; one at a time."),
    };

    private static ProblemException BadSnappy() => new(StatusCodes.Status400BadRequest, "bad_encoding", "The body is no whole block of snappy.");

    private static ProblemException TooLarge(long limit) =>
        new(StatusCodes.Status413PayloadTooLarge, "too_large", FormattableString.Invariant($"The body is larger than {limit:N0} bytes."), "body_bytes");

    private async Task FillAsync(Stream from, long limit, CancellationToken cancel)
    {
        while (true)
        {
            if (_length == _buffer.Length) Grow();
            int read = await from.ReadAsync(_buffer.AsMemory(_length), cancel);
            if (read == 0) return;
            _length += read;
            if (_length > limit) throw TooLarge(limit);
        }
    }

    /// <summary>The same from the connection's own buffers.</summary>
    private async ValueTask FillAsync(PipeReader from, long limit, CancellationToken cancel)
    {
        while (true)
        {
            ReadResult read = await from.ReadAsync(cancel);
            ReadOnlySequence<byte> bytes = read.Buffer;
            if (_length + bytes.Length > limit) throw TooLarge(limit);
            while (_buffer.Length - _length < bytes.Length) Grow();
            bytes.CopyTo(_buffer.AsSpan(_length));
            _length += (int)bytes.Length;
            from.AdvanceTo(bytes.End);
            if (read.IsCompleted) return;
        }
    }

    private void Grow() => Grow(_buffer.Length * 2);

    private void Grow(int size)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(16 << 10, size));
        try
        {
            _budget.Take(larger.Length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(larger);
            throw;
        }

        _buffer.AsSpan(0, _length).CopyTo(larger);
        _budget.Return(_buffer.Length);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
