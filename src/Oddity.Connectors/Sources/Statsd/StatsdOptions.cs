using System.Net;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Statsd;

/// <summary>Where StatsD metrics are taken, and how often they are summed up.</summary>
public sealed record StatsdOptions
{
    /// <summary>Address and port, UDP and TCP; null, the default: nowhere.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Whose the series are; the protocol knows no credentials. Default: the only tenant's.</summary>
    public string Tenant { get; init; } = SeriesKey.DefaultTenant;

    /// <summary>Time that a sample of the series stands for. Default 10 s.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(10);
}
