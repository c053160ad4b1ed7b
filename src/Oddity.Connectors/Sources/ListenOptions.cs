using System.Net;

namespace Oddity.Connectors.Sources;

/// <summary>A port of a protocol that knows no credentials.</summary>
/// <param name="Listen">Where; port 0 picks a free one.</param>
/// <param name="Tenant">Whose is what comes in there.</param>
public sealed record ListenOptions(IPEndPoint Listen, string Tenant);
