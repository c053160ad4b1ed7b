using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Host;

/// <summary>Readings become samples: sizes become shares, counters become rates against the reading before. Not thread-safe.</summary>
internal sealed class HostMetrics(HostOptions options)
{
    private readonly Dictionary<(string Metric, string Label), SeriesKey> _keys = [];
    private readonly Dictionary<string, HashSet<string>> _seen = [];
    private readonly KeyValuePair<string, string> _host = new("host", options.HostName);
    private HostReading? _before;

    /// <summary>The samples of a reading.</summary>
    /// <param name="now">The reading.</param>
    /// <param name="elapsed">Time since the reading before; counters of the first one give no samples.</param>
    /// <param name="timeMs">Event time of the samples.</param>
    public IngestBatch Take(HostReading now, TimeSpan elapsed, long timeMs)
    {
        var batch = new IngestBatch(options.Tenant);
        void Add(string metric, string label, string of, double value)
        {
            batch.NextRecord();
            batch.Add(Key(metric, label, of), timeMs, value);
        }

        if (_before?.Cpu is { } cpuBefore && now.Cpu is { } cpu) AddCpu(cpuBefore, cpu, Add);
        if (now.Load1 is { } load) Add("host_load1", "", "", load);
        if (now.Memory is { } memory) AddMemory(memory, Add);
        foreach (MountSpace mount in now.Mounts)
        {
            long whole = mount.Used + mount.Available;
            if (whole > 0 && Fits("mount", mount.Mount)) Add("host_disk_used_percent", "mount", mount.Mount, 100.0 * mount.Used / whole);
        }

        if (_before is { } before && elapsed > TimeSpan.Zero)
        {
            AddRates(before.Disks, now.Disks, elapsed, "device", "host_disk_read_bytes_per_second", "host_disk_written_bytes_per_second", Add);
            AddRates(before.Interfaces, now.Interfaces, elapsed, "interface", "host_network_receive_bytes_per_second", "host_network_transmit_bytes_per_second", Add);
        }

        _before = now;
        return batch;
    }

    /// <summary>Shares of the time that passed on all processors. The kernel lets waiting times step back now and then; that counts as none.</summary>
    private static void AddCpu(CpuTimes before, CpuTimes now, Action<string, string, string, double> add)
    {
        double total = now.Total - before.Total;
        if (total <= 0) return;
        double Percent(long from, long to) => Math.Clamp(100 * (to - from) / total, 0, 100);
        add("host_cpu_usage_percent", "", "", 100 - Percent(before.Idle + before.IoWait, now.Idle + now.IoWait));
        add("host_cpu_mode_percent", "mode", "user", Percent(before.User, now.User));
        add("host_cpu_mode_percent", "mode", "system", Percent(before.System, now.System));
        add("host_cpu_mode_percent", "mode", "iowait", Percent(before.IoWait, now.IoWait));
        if (now.Steal > 0) add("host_cpu_mode_percent", "mode", "steal", Percent(before.Steal, now.Steal));
    }

    private static void AddMemory(MemorySizes memory, Action<string, string, string, double> add)
    {
        add("host_memory_used_percent", "", "", 100.0 * (memory.Total - memory.Available) / memory.Total);
        add("host_memory_available_bytes", "", "", memory.Available);
        if (memory.SwapTotal > 0) add("host_swap_used_percent", "", "", 100.0 * (memory.SwapTotal - memory.SwapFree) / memory.SwapTotal);
    }

    /// <summary>A counter that stands lower than before was reset or has wrapped: what passed is unknown, so there is no sample this time.</summary>
    private void AddRates(
        IReadOnlyDictionary<string, InOut> before, IReadOnlyDictionary<string, InOut> now, TimeSpan elapsed, string label, string metricIn, string metricOut,
        Action<string, string, string, double> add)
    {
        foreach ((string name, InOut counters) in now)
        {
            if (!before.TryGetValue(name, out InOut last) || !Fits(label, name)) continue;
            if (counters.In >= last.In) add(metricIn, label, name, (counters.In - last.In) / elapsed.TotalSeconds);
            if (counters.Out >= last.Out) add(metricOut, label, name, (counters.Out - last.Out) / elapsed.TotalSeconds);
        }
    }

    private bool Fits(string label, string name)
    {
        if (!_seen.TryGetValue(label, out HashSet<string>? names)) _seen[label] = names = new(StringComparer.Ordinal);
        return names.Contains(name) || (names.Count < options.MaxOfEach && names.Add(name));
    }

    private SeriesKey Key(string metric, string label, string of)
    {
        if (_keys.TryGetValue((metric, of), out SeriesKey? known)) return known;
        return _keys[(metric, of)] = SeriesKey.Create(options.Tenant, metric, label.Length == 0 ? [_host] : [_host, new(label, of)]);
    }
}
