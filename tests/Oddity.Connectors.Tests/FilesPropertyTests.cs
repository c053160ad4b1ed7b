using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Oddity.Connectors.Sources.Files;
using Oddity.Engine.Series;
using static Oddity.Connectors.Tests.FilesFixture;

namespace Oddity.Connectors.Tests;

/// <summary>Tables written in any dialect come back as they were; no mutation of one makes the decoder throw.</summary>
public class FilesPropertyTests
{
    private sealed record Row(string Metric, string Host, double Value, long TimeMs);

    private static readonly Gen<string> s_text =
        from first in Gen.Elements("abcXYZ_".ToCharArray())
        from chars in Gen.Elements("abc019 .,;|{}\"\\\n\r\tß漢".ToCharArray()).ArrayOf()
        from last in Gen.Elements("xyz".ToCharArray())
        select first + new string(chars) + last;

    private static readonly Gen<Row> s_row =
        from metric in s_text
        from host in s_text
        from value in ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite)
        from time in Gen.Choose(0, int.MaxValue)
        select new Row(metric, host, value, time * 997L + 100_000_000_000);

    [Fact]
    public void Random_tables_come_back_as_they_were() => Prop.ForAll(s_row.NonEmptyListOf().ToArbitrary(), ArbMap.Default.ArbFor<int>(), (rows, dialect) =>
    {
        string[] expected = [.. rows.Select((row, i) =>
            FormattableString.Invariant($"{i} {SeriesKey.Create("default", row.Metric, [new("host", row.Host)])} {row.TimeMs} {row.Value}"))];
        byte[] file = Encode([.. rows], dialect);
        Upload((dialect & 256) == 0 ? file : Gzip(file)).ShouldBe(expected);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Mutated_files_never_make_it_throw()
    {
        byte[][] seeds =
        [
            "metric,value,timestamp\ncpu,45.2,1234567890\n\"mem,x\",12,\"2024-01-01 00:00:00\"\r\ndisk,1e3,1700000000.5\n"u8.ToArray(),
            "2024-01-01 00:00:00\tcpu\t1\n2024-01-01 00:00:05\tcpu\t2\n"u8.ToArray(),
            "timestamp;a;b;label\n1600000000;1,5;2;0\n1600000060;;3;1\n"u8.ToArray(),
            "[{\"metric\":\"a\",\"value\":1,\"timestamp\":1600000000},{\"cpu\":1,\"memory\":2}]"u8.ToArray(),
            Gzip("timestamp,value\n1600000000,1\n1600000060,2\n"u8.ToArray()),
            [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("metric,value,timestamp\na,1,1600000000\n")],
        ];
        byte[] interesting = [.. "\",;\t\r\n.-e0{[ "u8, 0, 0xFF, 0x1F, 0x8B];
        var random = new Random(20240608);
        for (int i = 0; i < 6000; i++)
        {
            List<byte> file = [.. seeds[i % seeds.Length]];
            for (int n = random.Next(1, 6); n > 0 && file.Count > 0; n--)
            {
                int at = random.Next(file.Count);
                switch (random.Next(5))
                {
                    case 0: file[at] = (byte)random.Next(256); break;
                    case 1: file.Insert(at, interesting[random.Next(interesting.Length)]); break;
                    case 2: file.RemoveRange(at, Math.Min(random.Next(1, 20), file.Count - at)); break;
                    case 3: file.InsertRange(at, file.GetRange(at, Math.Min(random.Next(1, 30), file.Count - at))); break;
                    default: file[at] = interesting[random.Next(interesting.Length)]; break;
                }
            }

            Upload([.. file]);
            Rows([.. file], "a", out _);
        }
    }

    private static byte[] Encode(Row[] rows, int dialect)
    {
        char delimiter = (dialect & 3) switch { 0 => '\t', 1 => ';', _ => ',' };
        string newLine = (dialect & 4) == 0 ? "\n" : "\r\n";
        bool iso = (dialect & 8) != 0, reversed = (dialect & 16) != 0;
        var text = new StringBuilder((dialect & 32) == 0 ? "" : "\uFEFF");
        foreach (string[] cells in new[] { new[] { "metric", "value", "timestamp", "host" } }.Concat(rows.Select(row => new[]
        {
            Quote(row.Metric, delimiter, dialect),
            row.Value.ToString("R", CultureInfo.InvariantCulture),
            iso ? $"{DateTimeOffset.FromUnixTimeMilliseconds(row.TimeMs):yyyy-MM-dd HH:mm:ss.fff}" : row.TimeMs.ToString(CultureInfo.InvariantCulture),
            Quote(row.Host, delimiter, dialect),
        })))
        {
            text.AppendJoin(delimiter, reversed ? cells.Reverse() : cells).Append(newLine);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Quote(string text, char delimiter, int dialect) =>
        (dialect & 64) != 0 || text.IndexOfAny([delimiter, '"', '\r', '\n']) >= 0 ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
}
