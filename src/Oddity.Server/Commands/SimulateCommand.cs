using System.CommandLine;
using System.Runtime.InteropServices;
using Oddity.Connectors.Outbound;
using Oddity.Connectors.Sources.Simulator;
using Oddity.Server.Configuration;
using Oddity.Server.Logging;

namespace Oddity.Server.Commands;

/// <summary>`oddity simulate`: the simulator as a client of a server's /ingest.</summary>
internal static class SimulateCommand
{
    private const string TokenVariable = "ODDITY_TOKEN";

    public static Command Create()
    {
        var url = new Option<string>("--url") { Description = "The server. Default: http://127.0.0.1:8080.", HelpName = "URL" };
        var token = new Option<string>("--token")
        {
            Description = $"An ingest token; better in {TokenVariable} or {TokenVariable}_FILE, where others don't see it.",
            HelpName = "TOKEN",
        };
        var interval = new Option<string>("--interval") { Description = "Time between readings. Default: 3s.", HelpName = "DURATION" };
        var count = new Option<long?>("--count") { Description = "How many readings to send. Default: until Ctrl+C.", HelpName = "N" };
        var seed = new Option<int?>("--seed") { Description = "The same seed gives the same readings. Default: 1.", HelpName = "N" };
        var command = new Command("simulate", "Sends made-up CPU, memory and disk readings, a tenth of them anomalous.") { url, token, interval, count, seed };
        command.SetAction((parsed, _) => RunAsync(
            new()
            {
                Url = parsed.GetValue(url) is { } given ? ParseUrl(given) : new SimulatorClientOptions().Url,
                Token = parsed.GetValue(token) ?? TokenFromEnvironment(),
                Count = parsed.GetValue(count),
                Simulator = new() { Interval = ParseInterval(parsed.GetValue(interval) ?? "3s"), Seed = parsed.GetValue(seed) ?? 1 },
            },
            parsed.InvocationConfiguration.Output));
        return command;
    }

    private static async Task<int> RunAsync(SimulatorClientOptions options, TextWriter output)
    {
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var http = new OutboundHttp(new() { AllowPrivate = true }, TimeProvider.System);
        var client = new SimulatorClient(options, http, TimeProvider.System, line => output.WriteLine(Printable.Escape(line)));
        try
        {
            await client.RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            output.WriteLine($"{client.Sent} readings sent.");
        }
        catch (OutboundException failure)
        {
            throw new IOException(failure.Message, failure);
        }

        return ExitCode.Done;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static Uri ParseUrl(string text)
    {
        Parsed<Uri> url = Kinds.RequiredWebAddress.Parse(text);
        return url.Wrong is null ? url.Value : throw new UsageException($"--url: {url.Wrong}");
    }

    private static TimeSpan ParseInterval(string text)
    {
        Parsed<TimeSpan> interval = Kinds.DurationBetween(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)).Parse(text);
        return interval.Wrong is null ? interval.Value : throw new UsageException($"--interval: {interval.Wrong}");
    }

    private static string? TokenFromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token) return token;
        return Environment.GetEnvironmentVariable(TokenVariable + "_FILE") is { Length: > 0 } path ? File.ReadAllText(path).Trim() : null;
    }
}
