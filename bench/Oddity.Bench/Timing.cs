using System.Diagnostics;

namespace Oddity.Bench;

/// <summary>Processor time of one thread's work: the best of several rounds, each long enough for the clock's grain.</summary>
internal static class Timing
{
    public static double BestMs(Action work)
    {
        for (int i = 0; i < 40; i++) work(); // Until the compiler has made its best of it.
        long start = Stopwatch.GetTimestamp();
        work();
        int repeats = Math.Max(1, (int)(100 / Math.Max(0.001, Stopwatch.GetElapsedTime(start).TotalMilliseconds)));
        double best = double.MaxValue;
        for (int round = 0; round < 9; round++)
        {
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            for (int i = 0; i < repeats; i++) work();
            best = Math.Min(best, (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds / repeats);
        }

        return best;
    }
}
