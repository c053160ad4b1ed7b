namespace Oddity.Engine.Verification;

/// <summary>How a recomputed anomaly compares with the stored one.</summary>
public enum VerificationVerdict
{
    /// <summary>Every field is the same, to the last bit of every number.</summary>
    Equal,

    /// <summary>At least one field differs, or the samples make no such anomaly.</summary>
    Different,

    /// <summary>What it was computed from is no longer all there, or was never kept.</summary>
    Impossible,
}
