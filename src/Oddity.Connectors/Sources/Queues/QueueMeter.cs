using System.Diagnostics.Metrics;

namespace Oddity.Connectors.Sources.Queues;

/// <summary>What queues count, beside the engine's own figures.</summary>
internal static class QueueMeter
{
    private static readonly Meter s_meter = new("Oddity");

    private static readonly Counter<long> s_messages =
        s_meter.CreateCounter<long>("oddity_queue_messages_total", "messages", "Messages taken from queues whose effect is on disk, dead letters among them, by source.");

    private static readonly Counter<long> s_deadLetters =
        s_meter.CreateCounter<long>("oddity_dead_letters_total", "messages", "Messages of which nothing could be let in, by source and reason.");

    private static readonly Counter<long> s_lost =
        s_meter.CreateCounter<long>("oddity_dead_letters_lost_total", "messages", "Dead letters that could not be sent on; the program's log says which, by source.");

    public static void Taken(string source, int messages) => s_messages.Add(messages, Source(source));

    public static void Dead(string source, string reason) => s_deadLetters.Add(1, Source(source), new KeyValuePair<string, object?>("reason", reason));

    public static void Lost(string source) => s_lost.Add(1, Source(source));

    private static KeyValuePair<string, object?> Source(string source) => new("source", source);
}
