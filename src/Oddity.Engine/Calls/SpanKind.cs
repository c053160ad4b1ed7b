namespace Oddity.Engine.Calls;

/// <summary>Which side of a call a span is; the numbers are OpenTelemetry's.</summary>
public enum SpanKind
{
    Unspecified = 0,
    Internal = 1,
    Server = 2,
    Client = 3,
    Producer = 4,
    Consumer = 5,
}
