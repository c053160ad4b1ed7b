using System.Text;

namespace Oddity.Connectors.Sources.Files;

/// <summary>The first rows of a table, read with the delimiter that splits them most evenly: tab, semicolon or comma.</summary>
internal sealed record TableSample(byte Delimiter, IReadOnlyList<string[]> Rows)
{
    private const int MaxRows = 50;

    /// <param name="head">How the file begins.</param>
    /// <param name="isAll">The head is the whole file; otherwise its last line may be cut and does not count.</param>
    public static TableSample Of(ReadOnlySpan<byte> head, bool isAll)
    {
        if (!isAll && head.LastIndexOfAny((byte)'\n', (byte)'\r') is var end and > 0) head = head[..(end + 1)];
        byte[] text = head.ToArray();
        TableSample[] candidates = [.. "\t;,"u8.ToArray().Select(delimiter => Read(text, delimiter))];
        return candidates.MaxBy(sample => sample.Evenness())!;
    }

    private static TableSample Read(byte[] text, byte delimiter)
    {
        var rows = new List<string[]>();
        var reader = new DelimitedReader(new MemoryStream(text), delimiter);
        while (rows.Count < MaxRows && reader.Read())
        {
            if (reader.Mistake is not null) continue;
            string[] row = new string[reader.Count];
            for (int i = 0; i < row.Length; i++) row[i] = Encoding.UTF8.GetString(reader[i]);
            rows.Add(row);
        }

        return new(delimiter, rows);
    }

    // The share of rows with as many fields as the first; 0 where there is but one field. MaxBy takes the first of equals: tab before semicolon before comma.
    private double Evenness() => Rows.Count == 0 || Rows[0].Length < 2 ? 0 : Rows.Count(row => row.Length == Rows[0].Length) / (double)Rows.Count;
}
