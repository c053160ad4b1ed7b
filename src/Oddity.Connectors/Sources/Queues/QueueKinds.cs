using System.Diagnostics.CodeAnalysis;
using Oddity.Connectors.Sources.Events;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Queues;

/// <summary>How each kind of message is decoded.</summary>
public static class QueueKinds
{
    /// <summary>Whether there is a decoder for it yet.</summary>
    public static bool Has(QueueKind kind) => kind is QueueKind.Events or QueueKind.ApiCalls;

    /// <summary>Decodes one message; false if nothing could be.</summary>
    internal static bool TryDecode(
        QueueKind kind, ReadOnlySpan<byte> body, string tenant, [NotNullWhen(true)] out IngestBatch? batch, [NotNullWhen(false)] out DecodeFailure? failure)
    {
        // The shape of an event tells that it is an API call.
        if (Has(kind)) return EventsDecoder.TryDecode(body, tenant, TimePrecision.Auto, out batch, out failure);
        (batch, failure) = (null, new("unknown_kind", "Messages of this kind are not understood."));
        return false;
    }
}
