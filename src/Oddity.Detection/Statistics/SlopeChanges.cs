namespace Oddity.Detection.Statistics;

/// <summary>
/// Minimises ½·δᵀHδ − fᵀδ + λ·Σ|δ|: few slopes change. Active sets with signs (feature-sign search, Lee, Battle, Raina and Ng, NIPS 2006): solves for those that are not 0,
/// goes back to where the first best changes its sign, lets in whoever the gradient calls most, until none does. Exact after finitely many steps, and one or two where
/// the start is near.
/// </summary>
internal sealed class SlopeChanges(int count)
{
    private const int MostSteps = 300;

    private readonly double[] _matrix = new double[count * count];
    private readonly double[] _solved = new double[count];
    private readonly int[] _active = new int[count];
    private readonly int[] _sign = new int[count];

    /// <param name="h">Symmetric, positive definite, row after row.</param>
    /// <param name="f">The linear part.</param>
    /// <param name="lambda">Above 0.</param>
    /// <param name="delta">Start and result.</param>
    public void Solve(ReadOnlySpan<double> h, ReadOnlySpan<double> f, double lambda, Span<double> delta)
    {
        for (int j = 0; j < count; j++) _sign[j] = Math.Sign(delta[j]);
        for (int step = 0; step < MostSteps; step++)
        {
            if (!Improve(h, f, lambda, delta)) continue;
            int next = -1;
            double most = lambda * (1 + 1e-9);
            for (int j = 0; j < count; j++)
            {
                if (_sign[j] != 0) continue;
                double slope = Slope(h, f, delta, j);
                if (Math.Abs(slope) > most) (next, most) = (j, Math.Abs(slope));
            }

            if (next < 0) return;
            _sign[next] = Math.Sign(Slope(h, f, delta, next));
        }
    }

    private double Slope(ReadOnlySpan<double> h, ReadOnlySpan<double> f, ReadOnlySpan<double> delta, int j)
    {
        double slope = f[j];
        for (int i = 0; i < count; i++) slope -= h[(j * count) + i] * delta[i];
        return slope;
    }

    /// <summary>Goes to the best for the signs as they are, or as far as they hold; true when there.</summary>
    private bool Improve(ReadOnlySpan<double> h, ReadOnlySpan<double> f, double lambda, Span<double> delta)
    {
        int n = 0;
        for (int j = 0; j < count; j++) if (_sign[j] != 0) _active[n++] = j;
        if (n == 0) return true;
        for (int a = 0; a < n; a++)
        {
            for (int b = 0; b <= a; b++) _matrix[(a * n) + b] = h[(_active[a] * count) + _active[b]];
            _solved[a] = f[_active[a]] - (lambda * _sign[_active[a]]);
        }

        Cholesky.Factor(_matrix, n);
        Cholesky.Solve(_matrix, n, _solved);
        // The first on the way that would change its sign stops there and leaves.
        double share = 1;
        int leaves = -1;
        for (int a = 0; a < n; a++)
        {
            double from = delta[_active[a]], to = _solved[a];
            if (Math.Sign(to) == _sign[_active[a]]) continue;
            double until = from == to ? 0 : from / (from - to);
            if (leaves >= 0 && until >= share) continue;
            (share, leaves) = (Math.Clamp(until, 0, 1), a);
        }

        for (int a = 0; a < n; a++) delta[_active[a]] += share * (_solved[a] - delta[_active[a]]);
        if (leaves < 0) return true;
        (delta[_active[leaves]], _sign[_active[leaves]]) = (0, 0);
        return false;
    }
}
