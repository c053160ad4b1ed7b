namespace Oddity.Server.Configuration;

/// <summary>Who is let in.</summary>
internal sealed record AuthOptions
{
    /// <summary>False: everything is open to everybody who reaches the server. Default true.</summary>
    public bool Required { get; init; } = true;

    /// <summary>Allows <see cref="Required"/> = false on addresses other machines can reach. Default false.</summary>
    public bool AllowInsecureRemote { get; init; }

    /// <summary>How long a session lasts without a request. Default 12 h.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long a session lasts at most. Default 30 days.</summary>
    public TimeSpan SessionAbsolute { get; init; } = TimeSpan.FromDays(30);
}
