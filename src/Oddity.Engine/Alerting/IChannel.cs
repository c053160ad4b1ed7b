namespace Oddity.Engine.Alerting;

/// <summary>Where alerts go. A new one is a file in Connectors/Channels, its test, and a line in the catalogue.</summary>
public interface IChannel
{
    /// <summary>The name that routes use, such as "slack".</summary>
    string Name { get; }

    /// <summary>Sends once; trying again is the outbox's business.</summary>
    Task<Delivery> SendAsync(Alert alert, CancellationToken cancel);
}
