using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Host;

/// <summary>How this machine is measured.</summary>
public sealed record HostOptions
{
    /// <summary>Time between readings. Default 3 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The label <c>host</c> of every series. Default: the machine's name.</summary>
    public string HostName { get; init; } = Environment.MachineName;

    /// <summary>Whose the series are. Default: the only tenant's.</summary>
    public string Tenant { get; init; } = SeriesKey.DefaultTenant;

    /// <summary>Most mounts, most devices and most interfaces that get series while the process runs; later ones are left out. Default 16 of each.</summary>
    public int MaxOfEach { get; init; } = 16;
}
