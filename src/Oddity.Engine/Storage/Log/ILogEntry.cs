namespace Oddity.Engine.Storage.Log;

/// <summary>What a <see cref="GroupWriter{T}"/> puts on disk: a record, and somebody who waits for it.</summary>
internal interface ILogEntry
{
    /// <summary>Bytes of the payload.</summary>
    int PayloadLength { get; }

    /// <summary>Whether nothing may be written together with it.</summary>
    bool StandsAlone { get; }

    /// <summary>Brings the payload up to date, if what it refers to has changed since it was made.</summary>
    void Renew();

    /// <summary>The whole record, for a place in a file; valid until it is on disk.</summary>
    ReadOnlyMemory<byte> Frame(long segment, long sequence);

    /// <summary>It is on disk.</summary>
    void Complete();

    /// <summary>It is not, and will not be.</summary>
    void Fail(Exception error);
}
