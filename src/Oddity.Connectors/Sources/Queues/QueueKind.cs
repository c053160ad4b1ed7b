namespace Oddity.Connectors.Sources.Queues;

/// <summary>What the messages of a queue are.</summary>
public enum QueueKind
{
    /// <summary>JSON events, as docs/sources/events.md has them.</summary>
    Events,

    /// <summary>API calls: JSON objects with <c>api_id</c>, <c>latency_ms</c> and the like.</summary>
    ApiCalls,

    /// <summary>Log lines.</summary>
    Logs,
}
