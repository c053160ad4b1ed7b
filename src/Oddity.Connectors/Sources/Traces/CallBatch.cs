using Oddity.Engine.Calls;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Traces;

/// <summary>What was decoded of a request with spans or other calls.</summary>
public sealed class CallBatch
{
    /// <summary>Most calls in one request.</summary>
    public const int MaxCalls = 500_000;

    private const int MaxErrors = 10_000;

    /// <summary>The good ones, each with the record it is of, in order.</summary>
    public List<(int Record, Call Call)> Calls { get; } = [];

    public List<IngestError> Errors { get; } = [];

    /// <summary>Records begun so far, good or bad.</summary>
    public int Records { get; private set; }

    /// <summary>Begins a record that is good.</summary>
    internal void Add(Call call) => Calls.Add((Records++, call));

    /// <summary>Begins a record that is bad.</summary>
    internal void Reject(string code, string detail) => Errors.Add(new(Records++, code, detail));

    /// <summary>Which limit of a request is reached; null if none.</summary>
    internal DecodeFailure? LimitHit() =>
        Calls.Count > MaxCalls ? new("too_large", $"More than {MaxCalls} at once.", TooLarge: true)
        : Errors.Count > MaxErrors ? new("too_many_errors", $"More than {MaxErrors} records are bad; the first: {Errors[0].Detail}")
        : null;
}
