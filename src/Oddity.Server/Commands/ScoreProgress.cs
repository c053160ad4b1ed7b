using Spectre.Console;

namespace Oddity.Server.Commands;

/// <summary>A progress bar over the bytes to be read, where messages go to a terminal.</summary>
internal static class ScoreProgress
{
    public static Task RunAsync(string what, long bytes, Func<Action<long>, Task> work)
    {
        if (Console.IsErrorRedirected) return work(_ => { });
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().AutoClear(true).StartAsync(async context =>
        {
            ProgressTask bar = context.AddTask(what, maxValue: Math.Max(1, bytes));
            await work(read => bar.Increment(read));
        });
    }
}
