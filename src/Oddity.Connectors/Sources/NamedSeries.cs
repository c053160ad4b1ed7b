using System.Text;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources;

/// <summary>A series that a source knows by its key, and the bytes by which batches find it again.</summary>
internal sealed class NamedSeries(SeriesKey key)
{
    /// <summary>The name under which a batch keeps keys' texts.</summary>
    public const string Protocol = "key";

    private readonly byte[] _text = Encoding.UTF8.GetBytes(key.Text);

    public SeriesKey Key => key;

    /// <summary>Makes it the one that is added to.</summary>
    /// <returns>Why its name may not enter; null if it may.</returns>
    public IngestError? SelectIn(Batch batch) => batch.Select(_text) ? null : batch.Begin(_text, key);

    /// <summary>Adds a sample as a record, good or bad; false if it is bad.</summary>
    public bool AddTo(Batch batch, long timeMs, double value)
    {
        int rejected = batch.Rejected;
        if (SelectIn(batch) is { } mistake) batch.Reject(mistake.Code, mistake.Detail);
        else batch.Add(timeMs, value);
        return batch.Rejected == rejected;
    }
}
