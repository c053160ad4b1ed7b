using System.Globalization;

namespace Oddity.Connectors.Sources.Logs;

/// <summary>Severities on OpenTelemetry's scale: 1 trace, 5 debug, 9 info, 13 warning, 17 error, 21 fatal; 0 where it is not said.</summary>
internal static class LogSeverity
{
    /// <summary>What a word or a number means. Numbers 0 to 7 are those of syslog, the larger ones those of Bunyan and Pino.</summary>
    public static int Of(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return 0;
        text = text.Trim();
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return number is >= 0 and <= 7 ? OfSyslog((int)number) : number switch { 10 => 1, 20 => 5, 30 => 9, 40 => 13, 50 => 17, 60 => 21, _ => 0 };
        return text.ToUpperInvariant() switch
        {
            "TRACE" or "VERBOSE" or "FINEST" or "T" => 1,
            "DEBUG" or "DBG" or "FINE" or "D" => 5,
            "INFO" or "INFORMATION" or "INFORMATIONAL" or "NOTICE" or "I" => 9,
            "WARN" or "WARNING" or "W" => 13,
            "ERROR" or "ERR" or "SEVERE" or "E" => 17,
            "CRITICAL" or "CRIT" or "FATAL" or "ALERT" or "EMERG" or "EMERGENCY" or "PANIC" or "F" or "C" => 21,
            _ => 0,
        };
    }

    /// <summary>What syslog's 0 (emergency) to 7 (debug) mean.</summary>
    public static int OfSyslog(int severity) => severity switch { 0 => 24, 1 => 22, 2 => 21, 3 => 17, 4 => 13, 5 => 10, 6 => 9, 7 => 5, _ => 0 };
}
