using Oddity.Engine.Calls;

namespace Oddity.Connectors.Sources.Traces;

/// <summary>A span as a protocol tells it, judged by the same rules whatever the protocol. Used again for the next one.</summary>
internal sealed class SpanDraft
{
    private const int MaxTags = 24, MaxTag = 256, MaxMessage = 512;
    private const string UnknownService = "unknown_service", Unnamed = "(unnamed)";

    /// <summary>Attributes that name whom a span calls, the best first.</summary>
    private static readonly string[] s_peers =
        ["peer.service", "db.system.name", "db.system", "db.type", "messaging.system", "rpc.service", "server.address", "net.peer.name", "peer.address", "http.host"];

    private readonly List<KeyValuePair<string, string>> _tags = [];

    public string? TraceId, SpanId, ParentId, Service, Name, Peer, Message;

    public SpanKind Kind;

    /// <summary>Unix microseconds; null where not given.</summary>
    public long? StartUs;

    /// <summary>Microseconds; negative where the end is before the start.</summary>
    public double DurationUs;

    public bool Failed;

    public void Clear()
    {
        (TraceId, SpanId, ParentId, Service, Name, Peer, Message) = (null, null, null, null, null, null, null);
        (Kind, StartUs, DurationUs, Failed) = (SpanKind.Unspecified, null, 0, false);
        _tags.Clear();
    }

    public void Tag(string name, string value)
    {
        if (name.Length is 0 or > MaxTag) return;
        if (_tags.Count < MaxTags) _tags.Add(new(name, Short(value, MaxTag)));
    }

    /// <summary>The value of an attribute; null if it has none.</summary>
    public string? this[string name]
    {
        get
        {
            foreach ((string known, string value) in _tags)
            {
                if (known == name) return value;
            }

            return null;
        }
    }

    /// <summary>Puts the span into the batch, or what is wrong with it.</summary>
    public void Finish(CallBatch batch)
    {
        if (TraceId is not { } trace || !IsId(trace, 32)) batch.Reject("bad_id", "A trace id is 16 bytes, not all of them 0.");
        else if (SpanId is not { } span || !IsId(span, 16)) batch.Reject("bad_id", "A span id is 8 bytes, not all of them 0.");
        else if (ParentId is { } parent && !IsId(parent, 16)) batch.Reject("bad_id", "A parent's id is 8 bytes, not all of them 0, or absent.");
        else if (StartUs is not { } startUs) batch.Reject("missing_field", "The time of the start is missing.");
        else if (!(DurationUs >= 0)) batch.Reject("bad_time", "The span ends before it starts.");
        else if (startUs is <= 0 or > EventTime.MaxMs * 1000L || DurationUs > (EventTime.MaxMs * 1000.0) - startUs) batch.Reject("bad_time", "The time is beyond the year 9999.");
        else batch.Add(Build(trace, span, startUs));
    }

    private Call Build(string trace, string span, long startUs)
    {
        string name = string.IsNullOrWhiteSpace(Name) ? Unnamed : NameOf(Name);
        string? peer = Kind is SpanKind.Client or SpanKind.Producer ? Peer ?? s_peers.Select(tag => this[tag]).FirstOrDefault(value => !string.IsNullOrEmpty(value)) : null;
        return new(
            string.IsNullOrWhiteSpace(Service) ? UnknownService : Service,
            name,
            (long)((startUs + DurationUs) / 1000),
            DurationUs / 1000,
            Failed,
            null,
            new(trace, span, ParentId, Kind, startUs, peer is null ? null : Short(peer, CallNames.MaxLength), string.IsNullOrEmpty(Message) ? null : Short(Message, MaxMessage), [.. _tags]));
    }

    /// <summary>A name with a path in it, as those of web servers are, loses what looks like an id.</summary>
    private static string NameOf(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? name : slash == 0 || name[slash - 1] == ' ' ? name[..slash] + CallNames.PathName(name[slash..]) : name;
    }

    private static bool IsId(string hex, int length)
    {
        bool some = false;
        if (hex.Length != length) return false;
        foreach (char c in hex)
        {
            if (c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f'))) return false;
            some |= c != '0';
        }

        return some;
    }

    private static string Short(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
