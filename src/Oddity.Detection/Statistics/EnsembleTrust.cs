namespace Oddity.Detection.Statistics;

/// <summary>
/// How far a member of an ensemble is believed: the share of its odd stretches that another member called odd too while they lasted or shortly before.
/// <code>
/// share = (shared + 2) / (stretches + 2)        both halved whenever there were 64, so that it follows the series
/// </code>
/// A member that cries alone comes to weigh less, one whose votes others confirm keeps its weight; silence says nothing about anybody. The rule needs no labels;
/// its weakness is that a member which alone sees what is really there is believed less for it. Dawid and Skene (1979) have the idea; this is its simplest form.
/// O(1), 16 bytes.
/// </summary>
internal struct EnsembleTrust
{
    /// <summary>Samples for which an odd vote still counts as shared with a later one: detectors see the same thing at different times.</summary>
    private const int Near = 10;

    private const int Most = 64;
    private const double Prior = 2;

    private double _stretches;
    private double _shared;
    private int _age;
    private bool _counted;

    /// <summary>Above 0, at most 1; 1 before anything was odd.</summary>
    public readonly double Share => (_shared + Prior) / (_stretches + Prior);

    private readonly bool IsOpen => _age > 0;

    /// <summary>True if the member calls the sample odd or has called one odd shortly before.</summary>
    public readonly bool IsOdd(in Score score) => score.Anomalous || IsOpen;

    /// <summary>Takes the member's vote, and whether any other calls this sample odd or has lately; true if the share has changed.</summary>
    public bool Learn(in Score score, bool shared)
    {
        if (score.WarmingUp && !score.Anomalous) return false;
        double before = Share;
        if (score.Anomalous)
        {
            if (!IsOpen) (_stretches, _counted) = (_stretches + 1, false);
            _age = Near;
        }

        if (IsOpen && shared && !_counted) (_shared, _counted) = (_shared + 1, true);
        if (!score.Anomalous && _age > 0) _age--;
        if (_stretches >= Most) (_stretches, _shared) = (_stretches / 2, _shared / 2);
        return Share != before;
    }

    public readonly void Save(StateWriter writer)
    {
        writer.Double(_stretches);
        writer.Double(_shared);
        writer.Int32(_age);
        writer.Bool(_counted);
    }

    public void Load(StateReader reader)
    {
        (_stretches, _shared, _age, _counted) = (reader.Double(), reader.Double(), reader.Int32(), reader.Bool());
        if (!(_stretches is >= 0 and <= Most) || !(_shared >= 0 && _shared <= _stretches + 1) || _age is < 0 or > Near) throw new InvalidDataException("Votes that cannot be.");
    }
}
