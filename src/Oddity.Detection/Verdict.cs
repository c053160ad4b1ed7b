namespace Oddity.Detection;

/// <summary>What a policy says after one sample.</summary>
public enum Verdict
{
    /// <summary>Nothing odd, or not for long enough.</summary>
    Normal,

    /// <summary>An anomaly begins; with a streak its first odd sample is in <see cref="Policy.StartMs"/>.</summary>
    Opened,

    /// <summary>The open anomaly goes on.</summary>
    Continues,

    /// <summary>The open anomaly is over; its last odd sample is in <see cref="Policy.LastOddMs"/>.</summary>
    Closed,
}
