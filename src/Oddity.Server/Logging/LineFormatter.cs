using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Oddity.Server.Logging;

/// <summary>One line an event, for people and for <c>grep</c>: time, level, category, message, exception; foreign text escaped.</summary>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "oddity";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter writer)
    {
        string message = entry.Formatter(entry.State, entry.Exception);
        writer.Write(time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        writer.Write(Level(entry.LogLevel));
        writer.Write(ShortName(entry.Category));
        writer.Write(": ");
        writer.Write(Printable.Escape(message));
        if (entry.Exception is { } error)
        {
            writer.Write(" | ");
            writer.Write(Printable.Escape(error.ToString()));
        }

        writer.Write('\n');
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => " trace ",
        LogLevel.Debug => " debug ",
        LogLevel.Information => " info  ",
        LogLevel.Warning => " warn  ",
        LogLevel.Error => " error ",
        _ => " fatal ",
    };

    private static string ShortName(string category) => category[(category.LastIndexOf('.') + 1)..];
}
