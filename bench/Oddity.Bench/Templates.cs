using System.Diagnostics;
using System.Globalization;
using Oddity.Detection.Templates;

namespace Oddity.Bench;

/// <summary>Lines a second whose template is found, on one thread: processor time, the best of eight rounds, after all lines have been seen once.</summary>
internal static class Templates
{
    /// <param name="files">Text files of log lines; without any, made-up ones of twelve kinds.</param>
    public static int Print(string[] files)
    {
        string[] lines = files.Length > 0 ? [.. files.SelectMany(File.ReadLines)] : [.. MadeUp()];
        var miner = new TemplateMiner();
        foreach (string line in lines) miner.Learn(line);
        int repeats = Math.Max(1, 400_000 / lines.Length);
        double best = 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 8; round++)
        {
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            for (int i = 0; i < repeats; i++)
            {
                foreach (string line in lines) miner.Learn(line);
            }

            best = Math.Max(best, repeats * lines.Length / (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds);
        }

        double bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (8.0 * repeats * lines.Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{best:0} lines/s of {lines.Average(line => line.Length):0} characters in the mean, {miner.Shapes} shapes, {bytes:0.000} bytes allocated a line"));
        return 0;
    }

    private static IEnumerable<string> MadeUp()
    {
        var random = new Random(1);
        string[] users = ["root", "jane", "joe", "backup", "www"];
        for (int i = 0; i < 24_000; i++)
        {
            int n = random.Next(1_000_000);
            string address = $"10.{n % 250}.{n % 199}.{n % 97}";
            yield return (i % 12) switch
            {
                0 => $"Accepted publickey for {users[n % 5]} from {address} port {n % 65_536} ssh2: RSA SHA256:{n:x}abc{n}",
                1 => $"session opened for user {users[n % 5]} by (uid={n % 1_000})",
                2 => $"{address} - - \"GET /api/v1/items/{n}?page={n % 9} HTTP/1.1\" 200 {n} 0.{n % 1_000}",
                3 => $"Received block blk_{n}{n} of size {n} from /{address}",
                4 => $"connection to {address}:5432 failed after {n % 5_000} ms, retrying in {n % 60} seconds (attempt {n % 10} of 10)",
                5 => $"Running task {n % 300}.0 in stage {n % 40}.0 (TID {n})",
                6 => $"order={n} status=paid amount={n % 1_000}.{n % 100} currency=EUR customer={n:x8} items=[{n % 7}, {n % 11}]",
                7 => $"GC pause (young) {n % 900} ms, heap {n % 4_000} MB -> {n % 2_000} MB",
                8 => $"Failed to write /var/lib/app/data/{n % 100}/{n}.tmp: No space left on device",
                9 => $"[req-{n:x8}-{n % 10_000:x4}] instance {n:x8}-e29b-41d4-a716-44665544{n % 10_000:x4} created on node-{n % 64}",
                10 => "Heartbeat sent to leader, all replicas in sync",
                _ => $"worker {n % 16} finished job {n} for tenant t{n % 90} in 00:0{n % 10}:{n % 50 + 10}",
            };
        }
    }
}
