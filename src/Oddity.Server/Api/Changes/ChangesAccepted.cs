using Oddity.Engine.Intake;

namespace Oddity.Server.Api.Changes;

/// <summary>What became of a request with changes, and the ids they have.</summary>
internal sealed record ChangesAccepted(int Accepted, int Rejected, IReadOnlyList<IngestError> Errors, IReadOnlyList<string> Ids);
