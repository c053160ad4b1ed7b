using System.Net;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>A port for log lines whose protocol knows no credentials.</summary>
/// <param name="Listen">Where; port 0 picks a free one.</param>
/// <param name="Tenant">Whose the lines are.</param>
public sealed record LogListenOptions(IPEndPoint Listen, string Tenant);
