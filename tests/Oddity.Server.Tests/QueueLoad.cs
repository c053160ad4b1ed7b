using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Oddity.Server.Tests;

/// <summary>Numbered messages over some series, and whether servers together have each exactly once.</summary>
internal sealed class QueueLoad(int messages)
{
    private const int SeriesCount = 20;
    private readonly long _startMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 3_600_000;
    private int _sent;

    public int Messages => messages;

    /// <summary>Messages sent so far.</summary>
    public int Sent => Volatile.Read(ref _sent);

    public byte[] Body(int number) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{{\"metric\":\"load_{number % SeriesCount}\",\"value\":{number},\"timestamp\":{_startMs + number}}}"));

    /// <summary>Sends all in groups of so many, at so many a second.</summary>
    public async Task SendAsync(Func<IReadOnlyList<byte[]>, Task> send, int group, int perSecond)
    {
        long begin = TimeProvider.System.GetTimestamp();
        for (int number = 0; number < messages; number += group)
        {
            await send([.. Enumerable.Range(number, Math.Min(group, messages - number)).Select(Body)]);
            Interlocked.Exchange(ref _sent, Math.Min(messages, number + group));
            TimeSpan ahead = TimeSpan.FromSeconds((double)_sent / perSecond) - TimeProvider.System.GetElapsedTime(begin);
            if (ahead > TimeSpan.Zero) await Task.Delay(ahead);
        }
    }

    /// <summary>Waits until so many are sent.</summary>
    public async Task UntilAsync(int sent, Task sending)
    {
        while (Sent < sent)
        {
            if (sending.IsFaulted) await sending;
            await Task.Delay(20);
        }
    }

    /// <summary>Waits until the servers have as many values as were sent, then checks that each number is there once.</summary>
    public async Task CheckAsync(params OddityProcess[] servers)
    {
        long begin = TimeProvider.System.GetTimestamp();
        List<int> found;
        while (true)
        {
            found = [];
            foreach (OddityProcess server in servers) found.AddRange(await ValuesAsync(server));
            if (found.Count >= messages) break;
            if (TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromSeconds(90))
                throw new TimeoutException($"{found.Count} of {messages}, {found.Distinct().Count()} different; {string.Join('\n', servers.Select(server => server.Output[^Math.Min(2_000, server.Output.Length)..]))}");
            await Task.Delay(500);
        }

        int twice = found.Count - found.Distinct().Count();
        (found.Count, twice).ShouldBe((messages, 0));
    }

    private static async Task<List<int>> ValuesAsync(OddityProcess server)
    {
        var values = new List<int>();
        for (int series = 0; series < SeriesCount; series++)
        {
            using HttpResponseMessage answer = await server.Http.GetAsync($"/api/v1/samples?series=load_{series}&start=0&limit=1000000");
            if (!answer.IsSuccessStatusCode) continue;
            using JsonDocument json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
            foreach (JsonElement sample in json.RootElement.GetProperty("samples").EnumerateArray()) values.Add(sample[1].GetInt32());
        }

        return values;
    }
}
