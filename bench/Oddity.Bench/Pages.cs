using System.Diagnostics;
using System.Text.Json;

namespace Oddity.Bench;

/// <summary>
/// How long the dashboard's questions take on a server that holds much. Dashboards ask their page's questions at their own pace, spread evenly over it;
/// a question's time ends with the last byte of its answer. For bench/pages.sh.
/// </summary>
internal static class Pages
{
    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(2);

    /// <param name="url">Of the server, without path; it answers without a token.</param>
    /// <param name="dashboards">At once; each asks every question once in two seconds.</param>
    /// <param name="rounds">How often.</param>
    public static async Task<int> MeasureAsync(string url, int dashboards, int rounds)
    {
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        string[] questions = await QuestionsAsync(http);
        var took = questions.Select(_ => new List<double>()).ToArray();
        foreach (string question in questions.Concat(questions)) await http.GetByteArrayAsync(question);
        await Task.WhenAll(Enumerable.Range(0, dashboards).Select(async dashboard =>
        {
            await Task.Delay(s_pace * dashboard / dashboards);
            for (int round = 0; round < rounds; round++)
            {
                long began = Stopwatch.GetTimestamp();
                for (int i = 0; i < questions.Length; i++)
                {
                    long start = Stopwatch.GetTimestamp();
                    await http.GetByteArrayAsync(questions[i]);
                    lock (took[i]) took[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }

                TimeSpan rest = s_pace - Stopwatch.GetElapsedTime(began);
                if (rest > TimeSpan.Zero) await Task.Delay(rest);
            }
        }));
        for (int i = 0; i < questions.Length; i++) Print(took[i], questions[i]);
        Print([.. took.SelectMany(each => each)], $"all, {dashboards} dashboards");
        return 0;
    }

    /// <summary>What the pages of the dashboard ask for: lists, filters, one anomaly, series, an hour of a series, figures.</summary>
    private static async Task<string[]> QuestionsAsync(HttpClient http)
    {
        using JsonDocument page = JsonDocument.Parse(await http.GetByteArrayAsync("/api/v1/anomalies?limit=1"));
        JsonElement first = page.RootElement.GetProperty("data")[0];
        string id = first.GetProperty("id").GetString()!;
        string series = Uri.EscapeDataString(first.GetProperty("series").GetString()!);
        return
        [
            "/api/v1/anomalies?limit=50", "/api/v1/anomalies?ongoing=true&severity=high,critical", $"/api/v1/anomalies?series={series}&limit=50",
            $"/api/v1/anomalies/{id}", "/api/v1/series?limit=50", $"/api/v1/samples?series={series}&limit=1000", "/api/v1/status",
        ];
    }

    private static void Print(List<double> times, string what)
    {
        times.Sort();
        Console.WriteLine(FormattableString.Invariant($"p50 {At(times, 0.5),7:0.00} ms, p95 {At(times, 0.95),7:0.00} ms, most {times[^1],7:0.0} ms  {what}"));
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];
}
