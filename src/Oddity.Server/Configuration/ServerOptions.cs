using Oddity.Engine;
using Oddity.Engine.Logs;

namespace Oddity.Server.Configuration;

/// <summary>Everything `oddity serve` can be told, bound once; code below sees only this.</summary>
internal sealed record ServerOptions
{
    public required EngineOptions Engine { get; init; }

    public HttpOptions Http { get; init; } = new();

    public AuthOptions Auth { get; init; } = new();

    public LogOptions Logs { get; init; } = new();

    public SourceOptions Sources { get; init; } = new();

    public ChannelOptions Channels { get; init; } = new();

    /// <summary>Least level that is logged. Default Information.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
