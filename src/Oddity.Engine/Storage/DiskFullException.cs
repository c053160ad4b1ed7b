namespace Oddity.Engine.Storage;

/// <summary>The disk is full; what was to be written was not kept.</summary>
public sealed class DiskFullException(Exception cause) : IOException("The disk is full.", cause)
{
    /// <summary>Whether an error says that: ENOSPC, EDQUOT, and what Windows calls it.</summary>
    internal static bool IsMeantBy(IOException error) => error.HResult is 28 or 122 or unchecked((int)0x80070070);
}
