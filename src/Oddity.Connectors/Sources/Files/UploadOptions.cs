using Oddity.Engine.Series;

namespace Oddity.Connectors.Sources.Files;

/// <summary>How a file is read.</summary>
public sealed record UploadOptions
{
    /// <summary>Whose series they are.</summary>
    public string Tenant { get; init; } = SeriesKey.DefaultTenant;

    /// <summary>The unit of times given as numbers. Default: the magnitude decides.</summary>
    public TimePrecision Precision { get; init; }

    /// <summary>Most bytes of text, after decompression. Default 64 MiB. JSON is held in memory whole; tables are not.</summary>
    public long MaxBytes { get; init; } = 64 << 20;

    /// <summary>A batch ends with the record that makes it so many records, or of a table so many samples. Default 5,000.</summary>
    public int BatchRecords { get; init; } = 5000;
}
