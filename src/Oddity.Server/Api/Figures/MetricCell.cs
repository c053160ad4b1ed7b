namespace Oddity.Server.Api.Figures;

/// <summary>One figure: a sum, or a histogram's counts and sum. Thread-safe.</summary>
internal sealed class MetricCell(int bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[bounds + 1];
    private double _sum;

    public double Sum
    {
        get
        {
            lock (_gate) return _sum;
        }
    }

    public void Add(double value)
    {
        lock (_gate) _sum += value;
    }

    public void Set(double value)
    {
        lock (_gate) _sum = value;
    }

    /// <summary>Counts a value into the first bucket whose bound it does not exceed.</summary>
    public void Observe(double value, double[] upperBounds)
    {
        int bucket = Array.BinarySearch(upperBounds, value);
        lock (_gate)
        {
            _counts[bucket < 0 ? ~bucket : bucket]++;
            _sum += value;
        }
    }

    /// <summary>Counts by bucket, the last one beyond all bounds, and the sum of the values.</summary>
    public (long[] Counts, double Sum) Read()
    {
        lock (_gate) return ([.. _counts], _sum);
    }
}
