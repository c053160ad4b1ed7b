using System.Globalization;
using System.Text;
using System.Text.Json;
using Oddity.Connectors.Sources.Queues;

namespace Oddity.Connectors.Sources.Redis;

/// <summary>
/// Takes entries of a stream as a consumer of a group. Redis keeps what it gave to a consumer until that acknowledges it, and gives each consumer ever larger ids:
/// so of what a worker that comes back finds unacknowledged, the entries up to the id in its log were let in, and the others were not.
/// </summary>
internal sealed class RedisStream(RedisOptions options, string worker) : IRedisQueue
{
    private const int MostEntries = 1_000;
    private const int BlockMs = 1_000;

    private bool _own;

    public string Place { get; } = $"{options.Id}/{options.Key}/{options.Group}";

    public async Task OpenAsync(RedisConnection redis, CancellationToken cancel)
    {
        _own = true;
        try
        {
            await redis.AskAsync(cancel, "XGROUP", "CREATE", options.Key, options.Group, "0", "MKSTREAM");
        }
        catch (RedisException error) when (error.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // Another worker, or an earlier start, made it.
        }
    }

    public async Task<RedisRound?> NextAsync(RedisConnection redis, string? logged, CancellationToken cancel)
    {
        object? answer = _own
            ? await redis.AskAsync(cancel, "XREADGROUP", "GROUP", options.Group, worker, "COUNT", MostEntries, "STREAMS", options.Key, "0")
            : await redis.AskAsync(cancel, "XREADGROUP", "GROUP", options.Group, worker, "COUNT", MostEntries, "BLOCK", BlockMs, "STREAMS", options.Key, ">");
        object?[] entries = answer is object?[] { Length: 1 } streams && streams[0] is object?[] { Length: 2 } stream ? (object?[])stream[1]! : [];
        if (entries.Length == 0)
        {
            _own = false;
            return null;
        }

        var ids = new List<string>();
        var messages = new List<QueueMessage>();
        string position = logged ?? "0-0";
        foreach (object?[] entry in entries.Cast<object?[]>())
        {
            string id = Encoding.UTF8.GetString((byte[])entry[0]!);
            ids.Add(id);
            if (_own && logged is not null && Compare(id, logged) <= 0) continue;
            position = id;

            // An entry that was deleted meanwhile has no fields any more.
            if (entry[1] is object?[] { Length: >= 2 } fields) messages.Add(new(options.Key, 0, messages.Count, TimeOf(id), id, Body(fields)));
        }

        return new(position, messages) { Ids = ids };
    }

    public Task DoneAsync(RedisConnection redis, RedisRound round, CancellationToken cancel) =>
        redis.AskAsync(cancel, ["XACK", options.Key, options.Group, .. round.Ids]);

    public Task BuryAsync(RedisConnection redis, DeadLetter letter, CancellationToken cancel) => redis.AskAsync(
        cancel, "XADD", options.DeadLetters!, "*", "code", letter.Code, "reason", letter.Detail, "source", options.Id, "origin", letter.Message.Origin, "body", letter.Message.Body);

    /// <summary>A single field holds the message, whatever it is called; several are an event's fields.</summary>
    private static byte[] Body(object?[] fields)
    {
        if (fields.Length == 2) return (byte[])fields[1]!;
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            for (int i = 0; i + 1 < fields.Length; i += 2)
            {
                string name = Encoding.UTF8.GetString((byte[])fields[i]!), value = Encoding.UTF8.GetString((byte[])fields[i + 1]!);
                if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)) json.WriteNumber(name, number);
                else json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static int Compare(string left, string right)
    {
        (ulong leftMs, ulong leftTail) = Parts(left);
        (ulong rightMs, ulong rightTail) = Parts(right);
        return leftMs != rightMs ? leftMs.CompareTo(rightMs) : leftTail.CompareTo(rightTail);
    }

    private static (ulong Ms, ulong Tail) Parts(string id)
    {
        int at = id.IndexOf('-', StringComparison.Ordinal);
        return (ulong.Parse(id.AsSpan(0, at), CultureInfo.InvariantCulture), ulong.Parse(id.AsSpan(at + 1), CultureInfo.InvariantCulture));
    }

    /// <summary>Ids that Redis makes begin with the time; small ones were made by somebody else.</summary>
    private static long? TimeOf(string id) => Parts(id).Ms is > 1_000_000_000_000 and < 4_000_000_000_000 and ulong ms ? (long)ms : null;
}
