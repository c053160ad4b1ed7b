using System.IO.Compression;
using System.Text;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Files;
using Oddity.Engine.Intake;

namespace Oddity.Connectors.Tests;

/// <summary>Reads files as the upload does and shows what came out as lines of text.</summary>
internal static class FilesFixture
{
    /// <summary>Each sample as "record series time value", each vector as "record vector = values", each rejection as "record code", then the failure.</summary>
    public static string[] Upload(string text, string name = "room.csv", UploadOptions? options = null) => Upload(Encoding.UTF8.GetBytes(text), name, options);

    public static string[] Upload(byte[] bytes, string name = "room.csv", UploadOptions? options = null) => Upload(new MemoryStream(bytes), name, options);

    public static string[] Upload(Stream content, string name, UploadOptions? options)
    {
        var lines = new List<string>();
        using var upload = new UploadDecoder(content, name, options ?? new UploadOptions());
        while (upload.TryRead(out IngestBatch? batch))
        {
            batch.RecordCount.ShouldBeGreaterThan(0);
            batch.Rows.Select(row => row.Record).Intersect(batch.Errors.Select(error => error.Index)).ShouldBeEmpty();
            int first = upload.FirstRecord;
            foreach (IngestBatch.Row row in batch.Rows) lines.Add(FormattableString.Invariant($"{first + row.Record} {row.Series} {Time(row.TimeMs)} {row.Value}"));
            foreach (IngestBatch.VectorRow row in batch.Vectors) lines.Add($"{first + row.Record} {row.Vector} = {Join(row.Values)}");
            foreach (IngestError error in batch.Errors) lines.Add($"{first + error.Index} {error.Code}");
        }

        if (upload.Failure is { } failure)
        {
            failure.Detail.ShouldNotBeNullOrWhiteSpace();
            failure.Detail.Any(char.IsControl).ShouldBeFalse();
            lines.Add($"failed: {failure.Code}");
        }

        return [.. lines];
    }

    /// <summary>Each row as "time text|time|series|values|mistake".</summary>
    public static string[] Rows(byte[] bytes, string name, out bool isVector)
    {
        isVector = false;
        if (!SeriesFile.TryOpen(new MemoryStream(bytes), name, out SeriesFile? file, out DecodeFailure? failure)) return [$"failed: {failure.Code}"];
        var lines = new List<string>();
        isVector = file.IsVector;
        using (file)
        {
            while (file.TryRead(out SeriesRow? row)) lines.Add($"{row.TimeText}|{Time(row.TimeMs)}|{row.Series}|{Join(row.Values)}|{(row.Mistake is null ? "" : "bad")}");
            if (file.Failure is not null) lines.Add($"failed: {file.Failure.Code}");
        }

        return [.. lines];
    }

    public static byte[] Gzip(byte[] bytes)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest)) gzip.Write(bytes);
        return stream.ToArray();
    }

    private static string Join(double[] values) => string.Join(" ", values.Select(value => FormattableString.Invariant($"{value}")));

    private static string Time(long? ms) => ms is { } given ? FormattableString.Invariant($"{given}") : "now";
}
