using System.Globalization;
using System.Net;
using Oddity.Connectors.Sources.Logs;
using Oddity.Engine.Series;

namespace Oddity.Server.Configuration;

/// <summary>Reads where log lines come in that no HTTP request brings.</summary>
internal sealed class LogSourceBinder(SettingReader reader)
{
    public LogListenOptions? Syslog() => Listen(Settings.SyslogListen, Settings.SyslogTenant);

    public LogListenOptions? Fluent() => Listen(Settings.FluentListen, Settings.FluentTenant);

    public LogFileOptions? Files(string dataDirectory)
    {
        IReadOnlyList<string> files = reader.Read(Settings.LogFiles);
        string tenant = reader.Read(Settings.LogFilesTenant) ?? SeriesKey.DefaultTenant;
        return files.Count > 0 ? new() { Files = files, Tenant = tenant, StateFolder = dataDirectory } : null;
    }

    /// <summary>A port whose protocol knows no credentials: beyond this machine somebody has to have thought of whose the lines are.</summary>
    private LogListenOptions? Listen(Setting<string?> listen, Setting<string?> tenant)
    {
        string? at = reader.Read(listen, out Origin origin), named = reader.Read(tenant);
        if (at is null) return null;
        string address = int.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? $"127.0.0.1:{port}" : at;
        if (!IPEndPoint.TryParse(address, out IPEndPoint? parsed) || !address.Contains(':', StringComparison.Ordinal))
        {
            reader.Mistake(listen.Key, $"{Kinds.Quote(at)} is not an address and port such as 127.0.0.1:5514", origin);
            return null;
        }

        if (named is null && !IPAddress.IsLoopback(parsed.Address))
            reader.Mistake(listen.Key, $"whoever reaches {parsed} could write there without credentials. Listen on 127.0.0.1, or say with {tenant.Key} whose lines they are", origin);
        return new(parsed, named ?? SeriesKey.DefaultTenant);
    }
}
