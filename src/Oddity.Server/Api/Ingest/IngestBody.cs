using Oddity.Engine.Intake;

namespace Oddity.Server.Api.Ingest;

/// <summary>What became of a request's records.</summary>
/// <param name="Accepted">Records on disk.</param>
/// <param name="Rejected">Records refused.</param>
/// <param name="Errors">Why, for the first ten of them.</param>
internal sealed record IngestBody(int Accepted, int Rejected, IReadOnlyList<IngestError> Errors);
