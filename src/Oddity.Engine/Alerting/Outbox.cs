using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Series;
using Oddity.Engine.Storage;

namespace Oddity.Engine.Alerting;

/// <summary>
/// Alerts between the anomaly and the channel. They are written in the transaction that writes the anomaly, once by id however often a replay finds it
/// again, and sent from here until the channel took them, cannot take them, or the attempts are used up.
/// </summary>
internal sealed class Outbox(
    AlertingOptions options, IReadOnlyList<IChannel> channels, Database database, EngineMeter meter, TimeProvider time, ILogger log)
{
    /// <summary>State of an alert that is still to be sent.</summary>
    public const int Waiting = 0;

    private const int Sent = 1, Failed = 2;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, bool> _failing = new();
    private readonly SemaphoreSlim[] _signals = [.. channels.Select(_ => new SemaphoreSlim(1))];

    /// <summary>Adds the alerts an anomaly calls for; those it has called for before are left as they are.</summary>
    public void Add(StatementCache statements, Anomaly anomaly, long receivedMs)
    {
        if (anomaly.LastOddMs < receivedMs - (long)options.MaxAge.TotalMilliseconds) return;
        foreach (string channel in ChannelsFor(anomaly))
        {
            statements.Execute(
                """
                INSERT OR IGNORE INTO outbox(id, tenant, channel, anomaly, body, state, attempts, next_ms, created_ms)
                VALUES(?1, ?2, ?3, ?4, ?5, 0, 0, 0, ?6)
                """,
                AnomalyId.Hash(anomaly.Id, channel),
                anomaly.Series.Tenant,
                channel,
                anomaly.Id,
                AnomalyJson.Write(anomaly),
                receivedMs);
        }
    }

    /// <summary>Something may be due.</summary>
    public void Wake()
    {
        foreach (SemaphoreSlim signal in _signals) signal.Release();
    }

    /// <summary>Sends until cancelled; each channel on its own, so that a slow one holds up nobody else.</summary>
    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(channels.Select((channel, i) => RunAsync(channel, _signals[i], cancel)));

    private IEnumerable<string> ChannelsFor(Anomaly anomaly)
    {
        foreach (AlertRule rule in options.Rules)
        {
            if (anomaly.Severity >= rule.Severity && Pattern.Fits(rule.Metric, anomaly.Series)) return rule.Channels;
        }

        return anomaly.Severity >= options.DefaultSeverity ? options.DefaultChannels : [];
    }

    private async Task RunAsync(IChannel channel, SemaphoreSlim signal, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                TimeSpan idle = await SendDueAsync(channel, cancel).ConfigureAwait(false);
                await signal.WaitAsync(idle, cancel).ConfigureAwait(false);
                while (signal.Wait(0, CancellationToken.None))
                {
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                log.LogError(error, "The alerts of channel {Channel} wait: the store cannot be read or written", channel.Name);
                await Task.Delay(LongestRetry / 10, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Sends what is due; returns how long until something else is.</summary>
    private async Task<TimeSpan> SendDueAsync(IChannel channel, CancellationToken cancel)
    {
        while (true)
        {
            long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            Pending? next = database.Read(connection => Next(connection, channel.Name));
            if (next is null) return TimeSpan.FromMinutes(1);
            if (next.NextMs > nowMs) return TimeSpan.FromMilliseconds(Math.Min(next.NextMs - nowMs, 60_000));
            Delivery delivery = await TryAsync(channel, next, cancel).ConfigureAwait(false);
            await RecordAsync(channel, next, delivery).ConfigureAwait(false);
        }
    }

    private async Task<Delivery> TryAsync(IChannel channel, Pending alert, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            Anomaly anomaly = AnomalyJson.Read(alert.Body, alert.Tenant);
            Uri? link = options.PublicUrl is { } url ? new Uri(url, $"anomalies/{anomaly.Id}") : null;
            return await channel.SendAsync(new(alert.Id, channel.Name, anomaly, link?.ToString()), limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(false, true, "no answer in time");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.LogWarning(error, "Channel {Channel} failed", channel.Name);
            return new(false, true, error.GetType().Name);
        }
    }

    private async Task RecordAsync(IChannel channel, Pending alert, Delivery delivery)
    {
        int attempts = alert.Attempts + 1;
        int state = delivery.Delivered ? Sent : !delivery.Retry || attempts >= options.MaxAttempts ? Failed : Waiting;
        meter.Alert(channel.Name, state switch { Sent => "sent", Failed => "failed", _ => "retry" });
        Tell(channel.Name, delivery);
        if (state == Failed) log.LogError("Alert {Id} to {Channel} is given up after {Attempts} attempts: {Detail}", alert.Id, channel.Name, attempts, delivery.Detail);
        long nextMs = time.GetUtcNow().ToUnixTimeMilliseconds() + (long)Wait(alert.Id, attempts, delivery.RetryAfter).TotalMilliseconds;
        await database.WriteAsync(statements => statements.Execute(
            "UPDATE outbox SET state = ?2, attempts = ?3, next_ms = ?4, detail = ?5 WHERE id = ?1", alert.Id, state, attempts, nextMs, delivery.Detail)).ConfigureAwait(false);
    }

    // Once when it starts to fail and once when it is well again, not at every attempt: twelve attempts take over half an hour, and somebody waits for them.
    private void Tell(string channel, Delivery delivery)
    {
        if (!delivery.Delivered && delivery.Retry && _failing.TryAdd(channel, true)) log.LogWarning("Alerts to {Channel} fail and are tried again: {Detail}", channel, delivery.Detail);
        if (delivery.Delivered && _failing.TryRemove(channel, out _)) log.LogInformation("Alerts to {Channel} are delivered again", channel);
    }

    /// <summary>1 s, 2 s, 4 s … to 5 minutes, each up to a quarter longer so that many do not come at once; longer if the other side asked for it.</summary>
    private static TimeSpan Wait(string id, int attempts, TimeSpan? asked)
    {
        double jitter = 1 + (Convert.ToInt32(id[..2], 16) / 1024.0);
        TimeSpan wait = TimeSpan.FromSeconds(Math.Min(FirstRetry.TotalSeconds * Math.Pow(2, attempts - 1), LongestRetry.TotalSeconds) * jitter);
        return asked > wait ? TimeSpan.FromSeconds(Math.Min(asked.Value.TotalSeconds, TimeSpan.FromHours(1).TotalSeconds)) : wait;
    }

    private static Pending? Next(SqliteConnection connection, string channel)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT id, tenant, body, attempts, next_ms FROM outbox WHERE state = 0 AND channel = $channel ORDER BY next_ms, created_ms, id LIMIT 1";
        command.Parameters.AddWithValue("$channel", channel);
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt64(4)) : null;
    }

    private sealed record Pending(string Id, string Tenant, string Body, int Attempts, long NextMs);
}
