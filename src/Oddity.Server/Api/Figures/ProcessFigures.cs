using System.Text;

namespace Oddity.Server.Api.Figures;

/// <summary>What the process itself uses, under the names that Prometheus' client libraries gave such figures.</summary>
internal sealed class ProcessFigures
{
    private const string DescriptorFolder = "/proc/self/fd";

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly long _startedMs;

    public ProcessFigures(TimeProvider time)
    {
        _time = time;
        _started = time.GetTimestamp();
        _startedMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public TimeSpan Uptime => _time.GetElapsedTime(_started);

    public void Write(StringBuilder text)
    {
        Exposition.Write(text, "oddity_build_info", "Version of this server.", MetricKind.Gauge, 1, $"{{version=\"{Build.Version}\"}}");
        Exposition.Write(text, "oddity_uptime_seconds", "Time since the server started.", MetricKind.Gauge, Math.Round(Uptime.TotalSeconds, 3));
        Exposition.Write(text, "process_start_time_seconds", "When the server started, Unix time.", MetricKind.Gauge, Times.Seconds(_startedMs));
        Exposition.Write(text, "process_cpu_seconds_total", "Processor time used.", MetricKind.Counter, Environment.CpuUsage.TotalTime.TotalSeconds);
        Exposition.Write(text, "process_resident_memory_bytes", "Memory in use, as the operating system sees it.", MetricKind.Gauge, Environment.WorkingSet);
        Exposition.Write(text, "oddity_heap_bytes", "Managed memory in use.", MetricKind.Gauge, GC.GetTotalMemory(forceFullCollection: false));
        if (OpenDescriptors() is { } open) Exposition.Write(text, "process_open_fds", "Open file descriptors.", MetricKind.Gauge, open);
    }

    private static int? OpenDescriptors()
    {
        try
        {
            return Directory.Exists(DescriptorFolder) ? Directory.EnumerateFileSystemEntries(DescriptorFolder).Count() : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
