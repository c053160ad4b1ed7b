using System.Net;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Graphite;

/// <summary>Where Graphite's plaintext protocol is taken.</summary>
public sealed record GraphiteOptions
{
    /// <summary>Address and port; null, the default: nowhere.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Whose the series are; the protocol knows no credentials. Default: the only tenant's.</summary>
    public string Tenant { get; init; } = SeriesKey.DefaultTenant;
}
