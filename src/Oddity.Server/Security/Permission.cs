namespace Oddity.Server.Security;

/// <summary>What a route asks of its caller. Every route names one (<see cref="PermissionConvention.Permits"/>), or the server does not start.</summary>
internal enum Permission
{
    /// <summary>Nothing: health, sign-in, the pages themselves.</summary>
    Anonymous,

    /// <summary>To send data in; not part of <see cref="Read"/>, so that an ingest token can't read.</summary>
    Ingest,

    /// <summary>To see series, samples and anomalies.</summary>
    Read,

    /// <summary>To judge anomalies: acknowledge, resolve, feedback.</summary>
    Operate,

    /// <summary>To manage tokens and the server itself.</summary>
    Admin,
}
