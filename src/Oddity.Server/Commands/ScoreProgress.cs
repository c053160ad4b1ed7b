using Spectre.Console;

namespace Oddity.Server.Commands;

/// <summary>A progress bar over the bytes of all inputs, on a terminal only.</summary>
internal static class ScoreProgress
{
    public static Task RunAsync(IReadOnlyList<ScoreInput> inputs, Func<Action<long>, Task> work)
    {
        if (Console.IsErrorRedirected || Console.IsOutputRedirected) return work(_ => { });
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().AutoClear(true).StartAsync(async context =>
        {
            ProgressTask bar = context.AddTask("scoring", maxValue: Math.Max(1, inputs.Sum(input => input.Bytes)));
            await work(bytes => bar.Increment(bytes));
        });
    }
}
