using System.Collections.Concurrent;
using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Intake;

namespace Oddity.Engine.Logs;

/// <summary>
/// From lines to counts: a fold over the blocks in the order of their arrival, so that after a crash the same blocks give the same counts. A line counts in the
/// span of its event time as long as that is open; what is later or ahead counts in the nearest open one. A span closes when nothing that arrives can still
/// belong to it, and its counts enter the engine under a key of its own, so that doing it again is doing it once. Used by one loop.
/// </summary>
internal sealed class LogFold(LogOptions options, Func<IngestBatch, string, Task> emit, Func<Anomaly, Task> report)
{
    private const byte Version = 1;

    /// <summary>Most services of a tenant; lines of further ones count as those of <c>other</c>.</summary>
    private const int MostServices = 1_000;

    private readonly ConcurrentDictionary<(string Tenant, string Name), LogService> _services = new();
    private readonly ConcurrentDictionary<string, int> _perTenant = new(StringComparer.Ordinal);
    private readonly long _intervalMs = (long)options.Interval.TotalMilliseconds;
    private readonly long _graceMs = (long)options.Grace.TotalMilliseconds;
    private long _next = -1;

    /// <summary>Number of the last block that is folded in.</summary>
    public long Sequence { get; private set; }

    public IEnumerable<LogService> Of(string tenant) => _services.Values.Where(service => service.Tenant == tenant).OrderBy(service => service.Name, StringComparer.Ordinal);

    /// <summary>The service that counts a line of that name; null while there is none.</summary>
    public LogService? Find(string tenant, string name) => _services.GetValueOrDefault((tenant, name)) ?? _services.GetValueOrDefault((tenant, "other"));

    public async Task TakeAsync(long sequence, LogBlock block)
    {
        await CloseAsync(block.StampMs, skip: block.First).ConfigureAwait(false);
        foreach (LogLine line in block.Lines)
        {
            long span = Math.Max(_next, Math.Clamp(line.TimeMs, block.StampMs - _graceMs, block.StampMs) / _intervalMs);
            LogService service = ServiceOf(block.Tenant, line.Service, block.StampMs);
            lock (service) service.Take(line, block.StampMs, span);
        }

        Sequence = sequence;
    }

    /// <summary>Closes the spans that nothing can belong to that arrives at that time or later.</summary>
    /// <param name="stampMs">When.</param>
    /// <param name="skip">Nobody listened since the last span that lines came in: what lies between has no counts, not even zeros.</param>
    public async Task CloseAsync(long stampMs, bool skip = false)
    {
        long open = (stampMs - _graceMs) / _intervalMs;
        if (_next < 0) _next = open;
        bool gap = skip || open - _next > 360;
        for (int closed = 0; _next < open && !(gap && closed >= LogTemplateState.Open); closed++, _next++) await CloseSpanAsync(_next).ConfigureAwait(false);
        if (gap) _next = Math.Max(_next, open);
    }

    public void Save(StateWriter writer)
    {
        writer.Byte(Version);
        writer.Int64(Sequence);
        writer.Int64(_next);
        LogService[] services = [.. _services.Values.OrderBy(service => service.Tenant, StringComparer.Ordinal).ThenBy(service => service.Name, StringComparer.Ordinal)];
        writer.Int32(services.Length);
        foreach (LogService service in services)
        {
            lock (service) service.Save(writer);
        }
    }

    /// <exception cref="InvalidDataException">The state is none.</exception>
    public void Load(StateReader reader)
    {
        if (reader.Byte() != Version) throw new InvalidDataException("A state of another version.");
        (long sequence, long next) = (reader.Int64(), reader.Int64());
        List<LogService> services = [];
        for (int left = reader.Count(40); left > 0; left--) services.Add(LogService.Load(reader));
        foreach (LogService service in services)
        {
            _services[(service.Tenant, service.Name)] = service;
            _perTenant.AddOrUpdate(service.Tenant, 1, (_, count) => count + 1);
        }

        (Sequence, _next) = (sequence, next);
    }

    private LogService ServiceOf(string tenant, string name, long stampMs)
    {
        if (_services.TryGetValue((tenant, name), out LogService? known)) return known;
        if (name != "other" && _perTenant.GetValueOrDefault(tenant) >= MostServices) return ServiceOf(tenant, "other", stampMs);
        _perTenant.AddOrUpdate(tenant, 1, (_, count) => count + 1);
        return _services[(tenant, name)] = new(tenant, name, stampMs);
    }

    private async Task CloseSpanAsync(long span)
    {
        long startMs = span * _intervalMs;
        foreach (IGrouping<string, LogService> owned in _services.Values.GroupBy(service => service.Tenant).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var batch = new IngestBatch(owned.Key);
            var odd = new List<LogOddity>();
            foreach (LogService service in owned.OrderBy(service => service.Name, StringComparer.Ordinal))
            {
                lock (service) service.Close(span, startMs, options, batch, odd);
            }

            if (batch.RecordCount > 0) await emit(batch, FormattableString.Invariant($"oddity-logs:{startMs}")).ConfigureAwait(false);
            foreach (LogOddity one in odd.Take(20)) await report(one.ToAnomaly()).ConfigureAwait(false);
        }
    }
}
