namespace Oddity.Engine.Storage;

/// <summary>The disk is full; what was to be written was not kept.</summary>
public sealed class DiskFullException(Exception cause) : IOException("The disk is full.", cause);
