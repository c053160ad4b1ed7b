namespace Oddity.Server.Api.Calls;

/// <summary>A registered API as the API writes it.</summary>
internal sealed record ApiBody(string Id, string Name, string? Url, string? Description, ApiBody.ProbeBody? Probe)
{
    public static ApiBody From(Engine.Calls.Api api) =>
        new(api.Id, api.Name, api.Url, api.Description, api.Probe is { } probe ? new(probe.IntervalSeconds, probe.TimeoutMs, probe.ExpectedStatus) : null);

    /// <summary>How it is probed.</summary>
    internal sealed record ProbeBody(int IntervalSeconds, int TimeoutMs, int? ExpectedStatus);
}
