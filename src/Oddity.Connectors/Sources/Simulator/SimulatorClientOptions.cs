namespace Oddity.Connectors.Sources.Simulator;

/// <summary>Where `oddity simulate` sends to.</summary>
public sealed record SimulatorClientOptions
{
    /// <summary>The server, or the full address of its <c>/ingest</c>. Default http://127.0.0.1:8080.</summary>
    public Uri Url { get; init; } = new("http://127.0.0.1:8080");

    /// <summary>An ingest token; null for servers that want none. Secret.</summary>
    public string? Token { get; init; }

    /// <summary>How many readings to send; null: until interrupted.</summary>
    public long? Count { get; init; }

    /// <summary>What is sent, and how often.</summary>
    public SimulatorOptions Simulator { get; init; } = new();
}
