using System.Net;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Logs;
using Oddity.Engine.Series;

namespace Oddity.Server.Configuration;

/// <summary>Reads where comes in what no HTTP request brings: ports of their own, and files that are followed.</summary>
internal sealed class ListenBinder(SettingReader reader)
{
    public LogFileOptions? Files(string dataDirectory)
    {
        IReadOnlyList<string> files = reader.Read(Settings.LogFiles);
        string tenant = reader.Read(Settings.LogFilesTenant) ?? SeriesKey.DefaultTenant;
        return files.Count > 0 ? new() { Files = files, Tenant = tenant, StateFolder = dataDirectory } : null;
    }

    /// <summary>A port whose protocol knows no credentials: beyond this machine somebody has to have thought of whose is what comes in. Null for none.</summary>
    public ListenOptions? Port(Setting<IPEndPoint?> listen, Setting<string?> tenant)
    {
        IPEndPoint? at = reader.Read(listen, out Origin origin);
        string? named = reader.Read(tenant);
        if (at is null) return null;
        if (named is null && !IPAddress.IsLoopback(at.Address))
            reader.Mistake(listen.Key, $"whoever reaches {at} could write there without credentials. Listen on 127.0.0.1, or say with {tenant.Key} whose it is", origin);
        return new(at, named ?? SeriesKey.DefaultTenant);
    }
}
