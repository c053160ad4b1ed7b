using Oddity.Engine.Changes;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Sources.Changes;

/// <summary>What was decoded of a request with changes.</summary>
/// <param name="Changes">The good ones, in order.</param>
/// <param name="Records">How many there were, good and bad.</param>
/// <param name="Errors">What was wrong with which.</param>
public sealed record ChangeBatch(IReadOnlyList<Change> Changes, int Records, IReadOnlyList<IngestError> Errors);
