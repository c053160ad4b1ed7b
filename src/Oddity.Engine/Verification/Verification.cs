using Oddity.Engine.Anomalies;

namespace Oddity.Engine.Verification;

/// <summary>What came of computing an anomaly once more from the samples it is about.</summary>
/// <param name="Stored">The anomaly as it is stored.</param>
/// <param name="Verdict">Whether both are the same, differ, or nothing could be computed.</param>
/// <param name="Text">A sentence: on what grounds, or why not.</param>
/// <param name="Differences">Fields that differ, in the order of the export; empty unless <see cref="VerificationVerdict.Different"/>.</param>
public sealed record Verification(Anomaly Stored, VerificationVerdict Verdict, string Text, IReadOnlyList<VerificationDifference> Differences);
