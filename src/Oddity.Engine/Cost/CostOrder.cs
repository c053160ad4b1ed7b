namespace Oddity.Engine.Cost;

/// <summary>By what series are listed, the largest first.</summary>
public enum CostOrder
{
    /// <summary>Processor time.</summary>
    Time,

    /// <summary>Samples taken.</summary>
    Samples,

    /// <summary>Bytes of state.</summary>
    State,

    /// <summary>Bytes of samples in the store; the one order that has to look at every chunk.</summary>
    Disk,

    /// <summary>Anomalies kept.</summary>
    Anomalies,
}
