using System.Runtime.Intrinsics;

namespace Oddity.Detection.Statistics;

/// <summary>
/// Loess of each phase's own values from season to season, and one fit beyond each end: the cycle-subseries step of STL. All phases are fitted side by side,
/// because in the series itself neighbours in phase are neighbours in memory and have the same distances. O(n · span / jump).
/// </summary>
internal sealed class SeasonalLoess(int period, int span, int degree, int jump)
{
    private double[] _tricube = [];

    /// <summary>Smooths y into a result that begins a season earlier and ends a season later. Weights of points may be empty.</summary>
    public void Smooth(ReadOnlySpan<double> y, ReadOnlySpan<double> weights, Span<double> result)
    {
        int cycles = y.Length / period, rest = y.Length % period;
        // The first phases of a broken last season have one value more.
        if (rest > 0) Smooth(y, weights, result, cycles + 1, 0, rest);
        Smooth(y, weights, result, cycles, rest, period);
    }

    private void Smooth(ReadOnlySpan<double> y, ReadOnlySpan<double> weights, Span<double> result, int cycles, int from, int to)
    {
        int step = Math.Min(jump, Math.Max(1, cycles - 1)), window = Math.Min(span, cycles), last = 0, left = 0;
        for (int cycle = 0; cycle < cycles; cycle += step)
        {
            left = Math.Clamp(cycle - ((span - 1) / 2), 0, cycles - window);
            Fit(y, weights, result, cycles, cycle, left, window, cycle, from, to);
            Between(result, last, cycle, from, to);
            last = cycle;
        }

        if (last != cycles - 1)
        {
            Fit(y, weights, result, cycles, cycles - 1, left, window, cycles - 1, from, to);
            Between(result, last, cycles - 1, from, to);
        }

        Fit(y, weights, result, cycles, -1, 0, window, -1, from, to);
        Fit(y, weights, result, cycles, cycles, cycles - window, window, -2, from, to);
    }

    // Where all weights are 0 a fit takes the value of the season of y that "instead" names; −1 and −2 name the neighbouring fit after and before.
    private void Fit(ReadOnlySpan<double> y, ReadOnlySpan<double> weights, Span<double> result, int cycles, int at, int left, int window, int instead, int from, int to)
    {
        if (_tricube.Length < window) _tricube = new double[window];
        double reach = Math.Max(at - left, left + window - 1 - at) + (span > cycles ? (span - cycles) / 2 : 0);
        for (int k = 0; k < window; k++) _tricube[k] = reach > 0 ? Loess.Tricube(left + k - at, reach) : 1;
        Span<double> row = result.Slice((at + 1) * period, to);
        ReadOnlySpan<double> other = instead >= 0 ? y.Slice(instead * period, to) : result.Slice((instead == -1 ? at + 2 : at) * period, to);
        double leastVariance = degree > 0 && reach > 0 ? 1e-6 * (cycles - 1.0) * (cycles - 1.0) : double.MaxValue;
        if (weights.IsEmpty)
        {
            ToOperator(at, left, window, leastVariance);
            Apply(y, row, left, window, from, to);
            return;
        }

        int p = from;
        for (; p <= to - 4; p += 4)
        {
            Vector256<double> w0 = default, w1 = default, w2 = default, v0 = default, v1 = default;
            for (int k = 0; k < window; k++)
            {
                int j = ((left + k) * period) + p;
                Vector256<double> off = Vector256.Create((double)(left + k - at)), weight = Vector256.Create(_tricube[k]) * Vector256.Create(weights[j..]);
                Vector256<double> value = weight * Vector256.Create(y[j..]);
                w0 += weight;
                w1 += weight * off;
                w2 += weight * off * off;
                v0 += value;
                v1 += value * off;
            }

            Vector256<double> mean = w1 / w0, variance = (w2 / w0) - (mean * mean), level = v0 / w0;
            Vector256<double> line = level - (mean / variance * ((v1 / w0) - (mean * level)));
            line = Vector256.ConditionalSelect(Vector256.GreaterThan(variance, Vector256.Create(leastVariance)), line, level);
            line = Vector256.ConditionalSelect(Vector256.GreaterThan(w0, Vector256<double>.Zero), line, Vector256.Create(other[p..]));
            line.CopyTo(row[p..]);
        }

        // The same sums in the same order for the phases that do not fill a vector.
        for (; p < to; p++)
        {
            double w0 = 0, w1 = 0, w2 = 0, v0 = 0, v1 = 0;
            for (int k = 0; k < window; k++)
            {
                int j = ((left + k) * period) + p;
                double off = left + k - at, weight = _tricube[k] * weights[j], value = weight * y[j];
                (w0, w1, w2, v0, v1) = (w0 + weight, w1 + (weight * off), w2 + (weight * off * off), v0 + value, v1 + (value * off));
            }

            double mean = w1 / w0, variance = (w2 / w0) - (mean * mean), level = v0 / w0;
            row[p] = !(w0 > 0) ? other[p] : variance > leastVariance ? level - (mean / variance * ((v1 / w0) - (mean * level))) : level;
        }
    }

    /// <summary>Without weights of points the fit is one fixed combination for all phases.</summary>
    private void ToOperator(int at, int left, int window, double leastVariance)
    {
        double sum = 0, mean = 0, variance = 0;
        for (int k = 0; k < window; k++) sum += _tricube[k];
        for (int k = 0; k < window; k++) mean += _tricube[k] / sum * (left + k - at);
        for (int k = 0; k < window; k++) variance += _tricube[k] / sum * (left + k - at - mean) * (left + k - at - mean);
        double slope = variance > leastVariance ? -mean / variance : 0;
        for (int k = 0; k < window; k++) _tricube[k] = _tricube[k] / sum * ((slope * (left + k - at - mean)) + 1);
    }

    private void Apply(ReadOnlySpan<double> y, Span<double> row, int left, int window, int from, int to)
    {
        int p = from;
        for (; p <= to - 4; p += 4)
        {
            Vector256<double> sum = default;
            for (int k = 0; k < window; k++) sum += Vector256.Create(_tricube[k]) * Vector256.Create(y[(((left + k) * period) + p)..]);
            sum.CopyTo(row[p..]);
        }

        for (; p < to; p++)
        {
            double sum = 0;
            for (int k = 0; k < window; k++) sum += _tricube[k] * y[((left + k) * period) + p];
            row[p] = sum;
        }
    }

    private void Between(Span<double> result, int last, int cycle, int from, int to)
    {
        for (int between = last + 1; between < cycle; between++)
        {
            double share = (between - last) / (double)(cycle - last);
            int a = (last + 1) * period, b = (cycle + 1) * period, c = (between + 1) * period;
            for (int p = from; p < to; p++) result[c + p] = result[a + p] + (share * (result[b + p] - result[a + p]));
        }
    }
}
