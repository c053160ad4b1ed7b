namespace Oddity.Detection.Tests;

/// <summary>Healthy series of a machine, made from a seed: what must not raise an alarm all the time. Each makes values for a step in seconds.</summary>
internal static class AdaptiveHealthyShapes
{
    /// <summary>Makes a series' values, endlessly.</summary>
    public delegate IEnumerable<double> Shape(Random random, double step);

    public static IReadOnlyDictionary<string, Shape> All { get; } = new SortedDictionary<string, Shape>(StringComparer.Ordinal)
    {
        ["processor, idle"] = (random, _) => Walk(random, 0.8, 1).Select(wander => Percent(10 + (2 * wander) + Waiting(random, 1))),
        ["processor, a burst every five minutes"] = (random, step) => Bursts(random, step, 300, 10, 20, 80).Select(burst => Percent(5 + Waiting(random, 2) + burst)),
        ["processor, full load once an hour"] = (random, step) => Bursts(random, step, 3600, 30, 60, 95).Select(burst => Percent(5 + Waiting(random, 2) + burst)),
        ["processor, a job every five minutes"] = (random, step) => Times(step).Select(time => Percent(6 + Waiting(random, 2) + (time % 300 < 6 ? 30 + (10 * Gauss(random)) : 0))),
        ["processor, a desktop"] = (random, _) => Walk(random, 0.9, 0.3).Zip(Walk(random, 0.995, 0.08), (fast, slow) => Percent(8 * Math.Exp(fast + slow))),
        ["processor, day and night"] = (random, step) => Times(step).Zip(Walk(random, 0.8, 2), (time, wander) => Percent(40 - (30 * Math.Cos(time / 86400 * Math.Tau)) + wander)),
        ["disk, flushed every half minute"] = (random, step) => Times(step).Select(time => time % 30 < step ? 50_000 * Math.Exp(0.5 * Gauss(random)) : 0),
        ["disk, a read every two hours"] = (random, step) => Times(step).Select(_ => random.NextDouble() < step / 7200 ? 4096 * Math.Ceiling(Waiting(random, 50)) : 0),
        ["disk, heavy tail"] = (random, _) => Times(1).Select(_ => random.NextDouble() < 0.05 ? 4096 * Math.Floor(Math.Pow(1 - random.NextDouble(), -1 / 1.2)) : 0),
        ["network, chatter"] = (random, _) => Walk(random, 0.7, 0.5).Select(wander => (2000 * Math.Exp(wander)) + Waiting(random, 200)),
        ["network, downloads"] = (random, step) => Bursts(random, step, 1200, 40, 3e5, 3e6).Select(burst => 500 + Waiting(random, 300) + (burst * (0.8 + (0.4 * random.NextDouble())))),
        ["memory, collected"] = (random, step) => Collected(random, step),
        ["memory, wandering in pages"] = (random, _) => Walk(random, 0.9999, 200).Select(wander => 4e9 + (4096 * Math.Round(wander))),
        ["disk space, growing"] = (random, step) => Growing(random, step),
        ["a constant"] = (_, _) => Times(1).Select(_ => 100.0),
        ["nothing"] = (_, _) => Times(1).Select(_ => 0.0),
        ["processes, one to four"] = (random, _) => Times(1).Select(_ => 1.0 + (random.NextDouble() < 0.3 ? 1 : 0) + (random.NextDouble() < 0.01 ? 2 : 0)),
        ["a count that steps by one every hour"] = (random, step) => Steps(random, step),
        ["requests, day and night"] = (random, step) => Times(step).Select(time => 2 - (1.2 * Math.Cos(time / 86400 * Math.Tau)) + (Gauss(random) / Math.Sqrt(step))),
        ["errors, one every ten minutes"] = (random, step) => Times(step).Select(_ => random.NextDouble() < step / 600 ? 1.0 : 0),
        ["latency, with outliers"] = (random, _) => Times(1).Select(_ => (20 * Math.Exp(0.3 * Gauss(random))) + (random.NextDouble() < 0.01 ? Waiting(random, 100) : 0)),
    };

    public static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());

    private static double Waiting(Random random, double mean) => -mean * Math.Log(1 - random.NextDouble());

    private static double Percent(double value) => Math.Clamp(value, 0, 100);

    private static IEnumerable<double> Times(double step)
    {
        for (double time = 0; ; time += step) yield return time;
    }

    private static IEnumerable<double> Walk(Random random, double stays, double noise)
    {
        for (double at = 0; ; at = (stays * at) + (noise * Gauss(random))) yield return at;
    }

    /// <summary>Zero, and on average so often for so long (seconds) a height between two.</summary>
    private static IEnumerable<double> Bursts(Random random, double step, double every, double length, double low, double high)
    {
        for (double left = 0, height = 0; ; left -= step)
        {
            if (left <= 0 && random.NextDouble() < step / every) (left, height) = (Waiting(random, length), low + ((high - low) * random.NextDouble()));
            yield return left > 0 ? height : 0;
        }
    }

    private static IEnumerable<double> Collected(Random random, double step)
    {
        for (double used = 1e9; ; used += step * 3e5 * (0.5 + random.NextDouble()))
        {
            if (used > 1.6e9 + (1e8 * Gauss(random))) used = 1e9 + (5e7 * Gauss(random));
            yield return used;
        }
    }

    private static IEnumerable<double> Growing(Random random, double step)
    {
        for (double used = 5e10; ; used += random.NextDouble() < 0.2 ? 4096 * Math.Ceiling(Waiting(random, 20)) : random.NextDouble() < step / 3600 ? -1e6 * random.NextDouble() : 0)
            yield return used;
    }

    private static IEnumerable<double> Steps(Random random, double step)
    {
        for (double count = 40; ; count += random.NextDouble() >= step / 3600 ? 0 : random.NextDouble() < 0.5 ? -1 : 1) yield return count;
    }
}
