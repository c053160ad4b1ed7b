using Oddity.Engine.Series;

namespace Oddity.Engine.Intake;

/// <summary>The part of a batch that knows which of its series are new. They become series of the server when the batch is committed, and not before.</summary>
public sealed partial class Batch
{
    private readonly Dictionary<SeriesKey, SeriesState> _new = [];
    private readonly Dictionary<SeriesKey, VectorState> _newVectors = [];
    private readonly List<(int Start, int Length, SeriesState Series)> _wires = [];
    private byte[] _wireBytes = [];
    private int _wireLength;
    private int _place = -1;

    /// <summary>Series that the server does not have yet.</summary>
    internal int NewCount => _new.Count + _newVectors.Count;

    /// <summary>The series of a key whose name was looked at, known or new; null if no more may begin.</summary>
    internal SeriesState? SeriesOf(SeriesKey key) => _router.Find(key) ?? _new.GetValueOrDefault(key) ?? NewSeries(key);

    private SeriesState? NewSeries(SeriesKey key)
    {
        if (LimitHit is not null || (LimitHit = _pool.Limit(Tenant, NewCount + 1)) is not null) return null;
        var series = (SeriesState)_router.Create(0, key, 0, []);
        _new.Add(key, series);
        return series;
    }

    internal VectorState? VectorOf(SeriesKey key, SeriesKey[] dimensions)
    {
        if (_router.FindVector(key) is { } known) return known;
        if (_newVectors.TryGetValue(key, out VectorState? begun)) return begun;
        if (LimitHit is not null || (LimitHit = _pool.Limit(Tenant, NewCount + 1)) is not null) return null;
        begun = (VectorState)_router.Create(0, key, 1, dimensions);
        _newVectors.Add(key, begun);
        return begun;
    }

    /// <summary>Makes the new series known. Where another batch was first, its series takes the place of ours.</summary>
    internal void Register()
    {
        if (NewCount == 0 && _wires.Count == 0) return;
        Dictionary<SeriesState, SeriesState>? replaced = null;
        foreach ((SeriesKey key, SeriesState own) in _new)
        {
            var known = (SeriesState)_router.Register(own);
            if (known == own) continue;
            (replaced ??= [])[own] = known;
        }

        foreach ((int start, int length, SeriesState own) in _wires)
        {
            _names!.Add(_wireBytes.AsSpan(start, length), replaced?.GetValueOrDefault(own) ?? own);
        }

        Dictionary<VectorState, VectorState>? replacedVectors = null;
        foreach ((SeriesKey key, VectorState own) in _newVectors)
        {
            var known = (VectorState)_router.Register(own);
            if (known != own) (replacedVectors ??= [])[own] = known;
        }

        if (replaced is not null) Replace(replaced);
        for (int i = 0; i < Vectors.Count && (replaced is not null || replacedVectors is not null); i++)
        {
            VectorRow row = Vectors[i];
            SeriesState[] dimensions = Array.ConvertAll(row.Dimensions, series => replaced?.GetValueOrDefault(series) ?? series);
            Vectors[i] = row with { Vector = replacedVectors?.GetValueOrDefault(row.Vector) ?? row.Vector, Dimensions = dimensions };
        }
    }

    private void Replace(Dictionary<SeriesState, SeriesState> replaced)
    {
        for (int i = 0; i < Count; i++)
        {
            if (Series[i].Id == 0 && replaced.TryGetValue(Series[i], out SeriesState? known)) Series[i] = known;
        }
    }

    private void Remember(ReadOnlySpan<byte> wireName, SeriesState series)
    {
        if (_wireBytes.Length - _wireLength < wireName.Length) Array.Resize(ref _wireBytes, Math.Max(_wireBytes.Length * 2, _wireLength + wireName.Length + 1024));
        wireName.CopyTo(_wireBytes.AsSpan(_wireLength));
        _wires.Add((_wireLength, wireName.Length, series));
        _wireLength += wireName.Length;
    }

    private void ForgetNew()
    {
        if (_new.Count > 0) _new.Clear();
        if (_newVectors.Count > 0) _newVectors.Clear();
        if (_wires.Count > 0) _wires.Clear();
        _wireLength = 0;
        if (_wireBytes.Length > 1 << 20) _wireBytes = [];
    }
}
