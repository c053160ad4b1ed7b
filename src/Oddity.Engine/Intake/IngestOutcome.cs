namespace Oddity.Engine.Intake;

/// <summary>What became of a request. Unless it is <see cref="Stored"/>, nothing of it was kept.</summary>
public enum IngestOutcome
{
    /// <summary>The accepted records are on disk; some may have been rejected. Also an empty request.</summary>
    Stored,

    /// <summary>There were records and not one was good.</summary>
    NothingAccepted,

    /// <summary>Atomic was asked for and a record was bad.</summary>
    AtomicRefused,

    /// <summary>The tenant's limit on rate or series was reached.</summary>
    OverLimit,

    /// <summary>The server is too busy, or starting, or stopping.</summary>
    Overloaded,

    /// <summary>The disk is full.</summary>
    DiskFull,
}
