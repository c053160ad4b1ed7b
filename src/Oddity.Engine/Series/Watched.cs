using Oddity.Detection;
using Oddity.Engine.Anomalies;

namespace Oddity.Engine.Series;

/// <summary>What a shard owns: a series, or a vector of series, with its state. Touched by its shard alone, figures for lists excepted.</summary>
internal abstract class Watched(int id, SeriesKey key, AnomalyTracker? tracker)
{
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

    /// <summary>Writes a detector's state with its revision and length, so that it can be skipped.</summary>
    protected static void SaveDetector(StateWriter writer, string revision, Action<StateWriter>? save)
    {
        var own = new StateWriter();
        save?.Invoke(own);
        writer.Text(revision);
        writer.Bytes(own.Written);
    }

    /// <summary>Reads what <see cref="SaveDetector"/> wrote; the reason if the detector cannot take it up.</summary>
    protected static string? LoadDetector(StateReader reader, string revision, Action<StateReader>? load)
    {
        string saved = reader.Text();
        byte[] state = reader.Bytes().ToArray();
        if (saved != revision) return "its configuration changed";
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
