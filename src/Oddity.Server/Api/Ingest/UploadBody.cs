using Oddity.Engine.Intake;

namespace Oddity.Server.Api.Ingest;

/// <summary>What became of uploaded files.</summary>
/// <param name="Accepted">Records on disk, of all files.</param>
/// <param name="Rejected">Records refused, of all files.</param>
/// <param name="Errors">Why, for the first ten of them; the index counts within its file.</param>
/// <param name="Files">The same for each file, in the order they came.</param>
internal sealed record UploadBody(int Accepted, int Rejected, IReadOnlyList<IngestError> Errors, IReadOnlyList<UploadBody.FileBody> Files)
{
    /// <param name="Name">The file's name as it was given, without a folder.</param>
    /// <param name="Accepted">Records on disk.</param>
    /// <param name="Rejected">Records refused; a file that can't be read at all has one error and counts as none.</param>
    /// <param name="Errors">Why, for the first ten of them.</param>
    internal sealed record FileBody(string Name, int Accepted, int Rejected, IReadOnlyList<IngestError> Errors);
}
