namespace Oddity.Server.Api;

/// <summary>What this binary is.</summary>
internal static class Build
{
    /// <summary>Such as "0.1.0".</summary>
    public static string Version { get; } = typeof(Build).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
