using Microsoft.Extensions.Logging.Console;

namespace Oddity.Server.Logging;

/// <summary>The log: plain lines on standard error.</summary>
internal static class Log
{
    public static ILoggerFactory Create(LogLevel level, TimeProvider time) => LoggerFactory.Create(logging =>
    {
        logging.Services.AddSingleton(time);
        logging.SetMinimumLevel(level);

        // What the web framework does request by request is of interest only when somebody looks for it.
        if (level > LogLevel.Debug) logging.AddFilter("Microsoft", Max(level, LogLevel.Warning));

        // A start that fails is reported once, by the command, in words.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddConsole(console => (console.FormatterName, console.LogToStandardErrorThreshold) = (LineFormatter.FormatterName, LogLevel.Trace));
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
    });

    private static LogLevel Max(LogLevel a, LogLevel b) => a > b ? a : b;
}
