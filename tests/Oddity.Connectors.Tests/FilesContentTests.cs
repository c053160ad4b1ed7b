using System.Text;
using Oddity.Connectors.Sources.Files;
using static Oddity.Connectors.Tests.FilesFixture;

namespace Oddity.Connectors.Tests;

/// <summary>What files come packed in, and files that are none: gzip whole and broken, UTF-16, binary, too large.</summary>
public class FilesContentTests
{
    private const string Csv = "metric,value,timestamp\na,1,1600000000\n";

    private static readonly string[] s_one = ["0 a 1600000000000 1"];

    [Fact]
    public void Gzip_is_unpacked_whatever_the_name()
    {
        Upload(Gzip(Encoding.UTF8.GetBytes(Csv)), "a.csv").ShouldBe(s_one);
        Upload(Gzip("""{"metric":"a","value":1,"timestamp":1600000000}"""u8.ToArray()), "a.bin").ShouldBe(s_one);
    }

    [Fact]
    public void Gzip_of_several_members_is_one_file()
    {
        byte[] empty = Convert.FromHexString("1f8b080000000000000303000000000000000000");
        byte[] file = [.. empty, .. Gzip(Encoding.UTF8.GetBytes(Csv[..10])), .. empty, .. Gzip(Encoding.UTF8.GetBytes(Csv[10..])), .. new byte[512]];
        foreach (int piece in new[] { 1, 7, 8192 }) Upload(new Pieces(file, piece), "a", null).ShouldBe(s_one);
    }

    [Fact]
    public void Gzip_headers_with_name_comment_extra_and_checksum_are_read()
    {
        byte[] plain = Gzip(Encoding.UTF8.GetBytes(Csv));
        byte[] file = [0x1F, 0x8B, 8, 0x1E, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9, .. "name\0comment\0"u8, 7, 7, .. plain[10..]];
        Upload(file).ShouldBe(s_one);
    }

    [Fact]
    public void A_gzip_cut_off_anywhere_is_an_error_and_yields_nothing()
    {
        byte[] text = Encoding.UTF8.GetBytes("metric,value,timestamp\n" + string.Concat(Enumerable.Range(0, 300).Select(i => $"a,{i * 7919 % 1000},{1600000000 + i}\n")));
        byte[] file = [.. Gzip(text), .. Gzip(text)];
        int member = file.Length / 2;
        for (int length = 2; length < file.Length; length++)
        {
            if (length != member) Upload(file[..length]).ShouldBe(["failed: bad_gzip"], $"cut at {length}");
        }
    }

    [Fact]
    public void A_gzip_damaged_anywhere_behind_its_header_is_an_error_and_yields_nothing()
    {
        byte[] text = Encoding.UTF8.GetBytes("metric,value,timestamp\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"a,{i * 7919 % 1000},{1600000000 + i}\n")));
        byte[] one = Gzip(text);
        byte[] file = [.. one, .. one];
        string[] whole = Upload(file);
        for (int at = 10; at < file.Length; at++)
        {
            byte[] damaged = [.. file];
            damaged[at] ^= 0x10;

            // Bytes 4 to 9 of a header, time and system, mean nothing; nor do bits behind the end of the data in its last byte.
            bool harmless = at - one.Length is -9 or (>= 4 and <= 9) || at == file.Length - 9;
            Upload(damaged).ShouldBe(harmless ? whole : ["failed: bad_gzip"], $"damaged at {at} of {file.Length}");
        }
    }

    [Fact]
    public void A_gzip_followed_by_something_else_is_an_error() => Upload([.. Gzip(Encoding.UTF8.GetBytes(Csv)), .. "more"u8]).ShouldBe(["failed: bad_gzip"]);

    [Fact]
    public void A_gzip_that_cannot_be_checked_first_still_ends_in_an_error()
    {
        byte[] text = Encoding.UTF8.GetBytes("metric,value,timestamp\n" + string.Concat(Enumerable.Range(0, 30_000).Select(i => $"a,{i * 7919 % 1000},{1600000000 + i}\n")));
        string[] lines = Upload(new Pieces(Gzip(text)[..^4], 4096), "a", null);
        lines[^1].ShouldBe("failed: bad_gzip");
        lines.Length.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void A_file_compressed_twice_is_refused() => Upload(Gzip(Gzip(Encoding.UTF8.GetBytes(Csv)))).ShouldBe(["failed: not_text"]);

    [Fact]
    public void The_limit_counts_what_comes_out_of_the_gzip()
    {
        byte[] bomb = Gzip(new byte[5_000_000]);
        bomb.Length.ShouldBeLessThan(50_000);
        Upload(bomb, options: new() { MaxBytes = 1_000_000 }).ShouldBe(["failed: too_large"]);
        Upload(new Pieces(Gzip(Encoding.UTF8.GetBytes(Csv + new string('\n', 5_000_000))), 4096), "a", new() { MaxBytes = 1_000_000 })[^1].ShouldBe("failed: too_large");
        Upload("[" + new string(' ', 1_000_000) + "]", options: new() { MaxBytes = 1_000_000 }).ShouldBe(["failed: too_large"]);
        Upload(Csv, options: new() { MaxBytes = Csv.Length }).ShouldBe(s_one);
    }

    [Fact]
    public void UTF_16_is_read_in_both_orders()
    {
        Upload([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Csv)]).ShouldBe(s_one);
        Upload([0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Csv)]).ShouldBe(s_one);
        Upload(Gzip([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Csv)])).ShouldBe(s_one);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData(" \r\n\t")]
    public void An_empty_file_is_refused(string text)
    {
        Upload(text).ShouldBe(["failed: empty_body"]);
        Upload(Gzip(Encoding.UTF8.GetBytes(text))).ShouldBe(["failed: empty_body"]);
    }

    [Theory]
    [InlineData("504B030414000600080000002100")]
    [InlineData("89504E470D0A1A0A0000000D49484452")]
    [InlineData("255044462D312E340A00")]
    [InlineData("7F454C460201010000000000")]
    [InlineData("53514C69746520666F726D6174203300")]
    [InlineData("000000000000")]
    [InlineData("FFFE00006D000000")]
    [InlineData("0000FEFF0000006D")]
    public void Binary_files_are_refused(string hex) => Upload(Convert.FromHexString(hex)).ShouldBe(["failed: not_text"]);

    [Fact]
    public void Names_in_another_encoding_are_rejected_row_by_row() =>
        Upload(Encoding.Latin1.GetBytes("metric,value,timestamp\nm\u00fcll,1,1600000000\nmull,2,1600000000\n")).ShouldBe(["1 mull 1600000000000 2", "0 bad_text"]);

    [Fact]
    public void Broken_JSON_is_refused() => Upload("[{\"metric\":\"a\",\"value\":1}", "a.json").ShouldBe(["failed: bad_json"]);

    [Fact]
    public void A_quote_never_closed_costs_its_row_or_ends_a_large_file()
    {
        Upload(Csv + "\"a,2,1600000000\na,3,1600000000\n").ShouldBe(["0 a 1600000000000 1", "1 bad_row"]);
        Upload(Csv + "\"a,2,1600000000\n" + string.Concat(Enumerable.Repeat("a,3,1600000000\n", 100_000)))[^1].ShouldBe("failed: bad_row");
    }

    [Fact]
    public void A_line_of_a_million_commas_is_one_bad_row()
    {
        Upload(Csv + new string(',', 1_000_000) + "\na,3,1600000000\n").ShouldBe(["0 a 1600000000000 1", "2 a 1600000000000 3", "1 bad_row"]);
        Upload(new string(',', 1_000_000)).ShouldBe(["failed: unknown_layout"]);
        Upload(Csv + new string(',', 3_000_000)).ShouldBe(["failed: bad_row"]);
    }

    [Fact]
    public void A_file_in_memory_is_one_batch_or_a_failure()
    {
        byte[] file = [.. "head"u8, .. Gzip(Encoding.UTF8.GetBytes(Csv + Csv[23..])), .. "tail"u8];
        UploadDecoder.TryDecode(file.AsMemory(4, file.Length - 8), "a.csv.gz", new UploadOptions { BatchRecords = 1 }, out var batch, out _).ShouldBeTrue();
        batch!.Rows.Count.ShouldBe(2);
        UploadDecoder.TryDecode("[]"u8.ToArray(), "a.json", new UploadOptions(), out batch, out _).ShouldBeTrue();
        batch!.RecordCount.ShouldBe(0);
        UploadDecoder.TryDecode(default, "a.csv", new UploadOptions(), out _, out var failure).ShouldBeFalse();
        failure!.Code.ShouldBe("empty_body");
        byte[] rubbish = Encoding.UTF8.GetBytes(Csv + string.Concat(Enumerable.Repeat("a,?,1\n", 100_001)));
        UploadDecoder.TryDecode(rubbish, "a.csv", new UploadOptions(), out _, out failure).ShouldBeFalse();
        failure!.Code.ShouldBe("too_many_errors");
    }

    /// <summary>A stream that cannot seek and gives little at a time.</summary>
    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(size, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(size, count));
    }
}
