namespace Oddity.Engine.Logs;

/// <summary>One record of a log, whatever protocol brought it.</summary>
/// <param name="TimeMs">Event time, Unix milliseconds.</param>
/// <param name="Service">Who wrote it: a service, program or file; "unknown" where nobody says.</param>
/// <param name="Severity">OpenTelemetry's scale: 1 to 4 trace, 5 to 8 debug, 9 to 12 info, 13 to 16 warning, 17 to 20 error, 21 to 24 fatal; 0 where it is not said.</param>
/// <param name="Body">What it says.</param>
/// <param name="Attributes">Further facts as <c>name=value</c>, separated by spaces; empty for none.</param>
/// <param name="TraceId">The trace it belongs to, in hexadecimal; empty for none.</param>
public readonly record struct LogLine(long TimeMs, string Service, int Severity, string Body, string Attributes = "", string TraceId = "");
