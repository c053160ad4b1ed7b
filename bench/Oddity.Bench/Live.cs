using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Oddity.Bench;

/// <summary>
/// How long a sample takes to become an anomaly on a dashboard, and what it costs to tell many. Dashboards are WebSockets of this process; each
/// round posts one impossible value of a series of its own that was learnt before, and waits for its message. For bench/live.sh.
/// </summary>
internal static class Live
{
    private const int Learnt = 120;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <param name="url">Of the server, without path; it takes <c>/events/raw</c> and <c>/ws/anomalies</c> without a token.</param>
    /// <param name="dashboards">WebSockets at once, 1 to 2,000.</param>
    /// <param name="rounds">Anomalies, one after the other.</param>
    /// <param name="pid">The server's process, for its processor time; 0 for none.</param>
    public static async Task<int> MeasureAsync(string url, int dashboards, int rounds, int pid)
    {
        using var http = new HttpClient { BaseAddress = new Uri(url), Timeout = s_patience };
        string run = RandomNumberGenerator.GetHexString(8, lowercase: true);
        await LearnAsync(http, run, rounds);
        var ears = new List<Ear>();
        for (int i = 0; i < dashboards; i++) ears.Add(await Ear.OpenAsync(url));
        var took = new double[rounds][];
        for (int warm = 0; warm < 2; warm++) await Task.Delay(200);
        double before = ProcessorSeconds(pid);
        for (int round = 0; round < rounds; round++)
        {
            string metric = Metric(run, round);
            Task<long>[] heard = [.. ears.Select(ear => ear.HearAsync(metric))];
            long start = Stopwatch.GetTimestamp();
            await PostAsync(http, Event(metric, 1e6, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
            long[] ends = await Task.WhenAll(heard).WaitAsync(s_patience);
            took[round] = [.. ends.Select(end => Stopwatch.GetElapsedTime(start, end).TotalMilliseconds)];
            await Task.Delay(20);
        }

        double spent = ProcessorSeconds(pid) - before;
        foreach (Ear ear in ears) ear.Dispose();
        double[] sorted = [.. took.Skip(rounds / 10).SelectMany(each => each).Order()];
        string cost = pid == 0 ? "" : FormattableString.Invariant($"; server {spent * 1e6 / rounds / dashboards:0.0} us a delivery, {spent * 1e3 / rounds:0.00} ms an anomaly");
        Console.WriteLine(FormattableString.Invariant(
            $"{dashboards} dashboards, {rounds} anomalies: p50 {At(sorted, 0.5):0.00} ms, p99 {At(sorted, 0.99):0.00} ms, most {sorted[^1]:0.0} ms{cost}"));
        return 0;
    }

    /// <summary>Learns every series quietly: two minutes up to now, so that one value can be called impossible.</summary>
    private static async Task LearnAsync(HttpClient http, string run, int rounds)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (int row = 0; row < Learnt; row++)
        {
            long at = now - (Learnt - row) * 1000L;
            var body = new StringBuilder("[");
            body.AppendJoin(',', Enumerable.Range(0, rounds).Select(round => Event(Metric(run, round), 50 + (row * 7 + round) % 5, at)));
            await PostAsync(http, body.Append(']').ToString());
        }
    }

    private static string Metric(string run, int round) => $"live_{run}_{round}";

    private static string Event(string metric, double value, long at) =>
        FormattableString.Invariant($"{{\"metric\":\"{metric}\",\"value\":{value},\"timestamp\":{at}}}");

    private static async Task PostAsync(HttpClient http, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
        using HttpResponseMessage answer = await http.PostAsync("/events/raw", content);
        answer.EnsureSuccessStatusCode();
    }

    private static double At(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];

    /// <summary>User and system time of a process, from the kernel's table (fields 14 and 15, hundredths of a second).</summary>
    private static double ProcessorSeconds(int pid)
    {
        if (pid == 0) return 0;
        string[] fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / 100;
    }

    /// <summary>One dashboard that waits for the message of a series.</summary>
    private sealed class Ear : IDisposable
    {
        private readonly ClientWebSocket _socket = new();
        private string? _wanted;
        private TaskCompletionSource<long> _heard = new();

        public static async Task<Ear> OpenAsync(string url)
        {
            var ear = new Ear();
            await ear._socket.ConnectAsync(new Uri(url.Replace("http", "ws", StringComparison.Ordinal) + "/ws/anomalies"), default);
            _ = ear.ListenAsync();
            return ear;
        }

        public Task<long> HearAsync(string metric)
        {
            _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _wanted, metric);
            return _heard.Task;
        }

        public void Dispose() => _socket.Dispose();

        private async Task ListenAsync()
        {
            byte[] buffer = new byte[1 << 16];
            while (_socket.State == WebSocketState.Open)
            {
                int length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(length), default);
                    length += part.Count;
                }
                while (!part.EndOfMessage);
                long at = Stopwatch.GetTimestamp();
                if (Volatile.Read(ref _wanted) is { } wanted && Mentions(buffer.AsSpan(0, length), wanted)) _heard.TrySetResult(at);
            }
        }

        private static bool Mentions(ReadOnlySpan<byte> message, string metric) =>
            message.IndexOf(Encoding.ASCII.GetBytes(JsonSerializer.Serialize(metric))) >= 0;
    }
}
