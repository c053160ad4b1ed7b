using System.Buffers;
using System.Text;
using Oddity.Connectors.Outbound;
using Oddity.Engine.Alerting;

namespace Oddity.Connectors.Channels;

/// <summary>One attempt to deliver over HTTP: 2xx is delivered; busy, broken or silent may be tried again; any other answer is final.</summary>
internal static class Attempt
{
    private static readonly SearchValues<byte> WordBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_"u8);

    public static async Task<Delivery> SendAsync(OutboundHttp http, HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            OutboundAnswer answer = await http.SendAsync(request, cancel);
            return answer.Success ? Delivery.Done : new(false, answer.MayRetry, $"it answered {(int)answer.Status}{Word(answer)}", answer.RetryAfter);
        }
        catch (OutboundException failure)
        {
            return new(false, failure.MayRetry, failure.Message);
        }
    }

    /// <summary>Slack says what is wrong in a word such as "channel_is_archived". Anything longer could hold what we sent, or worse.</summary>
    private static string Word(OutboundAnswer answer)
    {
        ReadOnlySpan<byte> body = answer.Body.Span;
        if (body.Length is 0 or > 40 || body.ContainsAnyExcept(WordBytes)) return "";
        return $" {Encoding.ASCII.GetString(body)}";
    }
}
