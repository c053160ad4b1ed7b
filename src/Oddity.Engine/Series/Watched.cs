using Oddity.Detection;
using Oddity.Engine.Anomalies;
using Oddity.Engine.Storage.Log;

namespace Oddity.Engine.Series;

/// <summary>What a shard owns: a series, or a vector of series, with its state. Touched by its shard alone, figures for lists excepted.</summary>
internal abstract class Watched(int id, SeriesKey key, AnomalyTracker? tracker)
{
    private const byte DetectorVersion = 1;

    [ThreadStatic]
    private static StateWriter? _own;

    /// <summary>Dense number; 0 until the router gives it.</summary>
    public int Id { get; set; } = id;

    public SeriesKey Key { get; } = key;

    /// <summary>Follows its anomalies; null where nothing watches.</summary>
    public AnomalyTracker? Tracker { get; } = tracker;

    /// <summary>Number of the shard that owns it; the router sets it once.</summary>
    public int Owner { get; set; }

    /// <summary>True when a record of the log, or the store, names it, so that later records need only its number.</summary>
    public bool Logged { get; set; }

    /// <summary>True when its shard has it among its own. The shard's.</summary>
    public bool Adopted { get; set; }

    /// <summary>True when it was deleted: what still refers to it finds nothing.</summary>
    public bool Deleted { get; set; }

    /// <summary>True when the state differs from the last checkpoint's.</summary>
    public bool Changed { get; set; }

    /// <summary>True when a checkpoint under way still has to write it down: before it changes.</summary>
    public bool Due { get; set; }

    /// <summary>True when the store has a row of it.</summary>
    public bool Stored { get; set; }

    /// <summary>0 for a series, 1 for a vector; how the store tells them apart.</summary>
    public abstract int Kind { get; }

    /// <summary>Of what watches it; changes with its configuration.</summary>
    public abstract string Revision { get; }

    public abstract void Save(StateWriter writer);

    /// <summary>Takes up a saved state. A detector whose configuration or format has changed starts afresh; the rest goes on.</summary>
    /// <returns>Why the detector starts afresh; null if it goes on.</returns>
    public abstract string? Load(StateReader reader);

    /// <summary>
    /// True for a sample older than the latest one: kept, but past judging. A latest time that lay in the future when this sample arrived does not make
    /// it late: one wrong clock would silence the series until then.
    /// </summary>
    protected static bool IsLate(long timeMs, long lastMs, long receivedMs)
    {
        const long aheadMs = 600_000;
        return timeMs < lastMs && (lastMs <= receivedMs + aheadMs || timeMs > receivedMs + aheadMs);
    }

    /// <summary>Writes a detector's state with what it is of, its length and a checksum, so that it can be skipped, and is when it is damaged.</summary>
    protected static void SaveDetector(StateWriter writer, WatchPlan plan, Action<StateWriter>? save)
    {
        StateWriter own = _own ??= new();
        own.Clear();
        save?.Invoke(own);
        writer.Text(plan.Revision);
        writer.Text(plan.DetectorId);
        writer.Byte(DetectorVersion);
        writer.Bytes(own.Written);
        writer.Int32((int)LogRecord.Crc32C(own.Written));
    }

    /// <summary>Reads what <see cref="SaveDetector"/> wrote; the reason if the detector cannot take it up.</summary>
    protected static string? LoadDetector(StateReader reader, WatchPlan plan, bool isChecked, Action<StateReader>? load)
    {
        string saved = reader.Text(), id = isChecked ? reader.Text() : plan.DetectorId;
        byte version = isChecked ? reader.Byte() : DetectorVersion;
        byte[] state = reader.Bytes().ToArray();
        bool whole = !isChecked || reader.Int32() == (int)LogRecord.Crc32C(state);
        if (saved != plan.Revision || id != plan.DetectorId) return "its configuration changed";
        if (version != DetectorVersion) return "its state is of an unknown version";
        if (!whole) return "its state is damaged: the checksum is another";
        try
        {
            load?.Invoke(new(state));
            return null;
        }
        catch (InvalidDataException error)
        {
            return error.Message;
        }
    }
}
