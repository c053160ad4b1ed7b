namespace Oddity.Engine.Intake;

/// <summary>Why one record was refused.</summary>
/// <param name="Index">Position of the record in its request, from 0.</param>
/// <param name="Code">A stable word for programs: <c>not_finite</c>, <c>too_old</c>, <c>too_new</c>, <c>bad_name</c>, <c>bad_value</c>, <c>bad_time</c>, <c>missing_field</c>, …</param>
/// <param name="Detail">A sentence for people; echoes at most 64 characters of input, control characters escaped.</param>
public sealed record IngestError(int Index, string Code, string Detail);
