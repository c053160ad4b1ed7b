namespace Oddity.Server.Commands;

/// <summary>How the process ends; the numbers of BSD's sysexits.h where they fit.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 64;

    /// <summary>Another process has the data directory open.</summary>
    public const int DataDirectoryInUse = 65;

    /// <summary>Anything else, such as a defect.</summary>
    public const int Failed = 70;

    /// <summary>A file, folder or address can't be read, written or opened.</summary>
    public const int InputOutput = 74;
}
