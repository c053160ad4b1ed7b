using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Oddity.Connectors.Sources;
using Oddity.Connectors.Sources.Influx;
using Oddity.Engine.Intake;
using Oddity.Engine.Series;

namespace Oddity.Connectors.Tests;

/// <summary>InfluxDB's line protocol: what is encoded is decoded, and every kind of bad line has a defined answer, told as in the tests of JSON events.</summary>
public class InfluxLinesTests
{
    private const long Nanosecond = 1, Millisecond = 1_000_000, Second = 1_000_000_000;

    [Theory]
    // Nothing there.
    [InlineData("", "nothing: empty_body")]
    [InlineData(" \n\r\n\t", "nothing: empty_body")]
    [InlineData("# only a comment\n# another", "nothing: empty_body")]
    [InlineData("\uFEFFm value=1", "1")]
    // Whole lines.
    [InlineData("m value=1", "1")]
    [InlineData("m value=1\n", "1")]
    [InlineData("m value=1\r\nm value=2\r\n", "2")]
    [InlineData("  m value=1", "1")]
    [InlineData("m  value=1   1700000000000000000  ", "1")]
    [InlineData("m a=1,b=2i,c=3u,d=t,e=false,f=\"text\"", "5")]
    [InlineData("m,t=x a=1", "1")]
    [InlineData("m f=\"a text, with = and \\\" and \n a second line\",a=1\nm value=2", "2")]
    [InlineData("m f=\"only texts\"", "0")]
    [InlineData("m value=-1.5e-300", "1")]
    [InlineData("m value=+1", "1")]
    [InlineData("m value=.5", "1")]
    [InlineData("m value=5.", "1")]
    [InlineData("m value=-9223372036854775808i", "1")]
    [InlineData("m value=18446744073709551615u", "1")]
    [InlineData("m value=1 -1", "1")]
    [InlineData("# a comment\nm value=1\n#m value=2", "1")]
    [InlineData("m\\ m\\,x,t\\ t=v\\=v\\,\\ w f\\ f=1", "1")]
    [InlineData("m\\x value=1", "1")]
    // Broken ones.
    [InlineData("m", "0; 0 missing_field")]
    [InlineData("m ", "0; 0 missing_field")]
    [InlineData("m,t=x", "0; 0 missing_field")]
    [InlineData("m value", "0; 0 bad_line")]
    [InlineData("m value=", "0; 0 bad_value")]
    [InlineData("m =1", "0; 0 bad_line")]
    [InlineData("m value=1,", "0; 0 bad_line")]
    [InlineData("m ,value=1", "0; 0 bad_line")]
    [InlineData("m value=1,,b=2", "0; 0 bad_line")]
    [InlineData("m value=1 b=2", "0; 0 bad_time")]
    [InlineData("m value=one", "0; 0 bad_value")]
    [InlineData("m value=1x", "0; 0 bad_value")]
    [InlineData("m value=1.5i", "0; 0 bad_value")]
    [InlineData("m value=-1u", "0; 0 bad_value")]
    [InlineData("m value=9223372036854775808i", "0; 0 bad_value")]
    [InlineData("m value=18446744073709551616u", "0; 0 bad_value")]
    [InlineData("m value=i", "0; 0 bad_value")]
    [InlineData("m value=u", "0; 0 bad_value")]
    [InlineData("m value=tru", "0; 0 bad_value")]
    [InlineData("m value='text'", "0; 0 bad_value")]
    [InlineData("m value=0x10", "0; 0 bad_value")]
    [InlineData("m value=NaN", "0; 0 not_finite")]
    [InlineData("m value=Infinity", "0; 0 not_finite")]
    [InlineData("m value=1e400", "0; 0 not_finite")]
    [InlineData("m value=-1e400", "0; 0 not_finite")]
    [InlineData("m value=\"text", "0; 0 bad_line")]
    [InlineData("m value=\"text\\\"", "0; 0 bad_line")]
    [InlineData("m value=\"text\"1", "0; 0 bad_line")]
    [InlineData("m value=1 1700000000000000000 1", "0; 0 bad_line")]
    [InlineData("m value=1 soon", "0; 0 bad_time")]
    [InlineData("m value=1 1.5", "0; 0 bad_time")]
    [InlineData("m value=1 9223372036854775808", "0; 0 bad_time")]
    [InlineData(",t=x value=1", "0; 0 bad_line")]
    [InlineData("m, value=1", "0; 0 bad_line")]
    [InlineData("m,t value=1", "0; 0 bad_line")]
    [InlineData("m,t= value=1", "0; 0 bad_line")]
    [InlineData("m,=x value=1", "0; 0 bad_line")]
    [InlineData("m,t=x,, value=1", "0; 0 bad_line")]
    [InlineData("m,t=x=y value=1", "0; 0 bad_line")]
    [InlineData("m,,t=x value=1", "0; 0 bad_line")]
    [InlineData("m\\", "0; 0 missing_field")]
    [InlineData("m value=1\\", "0; 0 bad_value")]
    [InlineData("{\"metric\":\"a\",\"value\":1}", "0; 0 missing_field")]
    [InlineData("<xml attribute=\"1\"/>", "0; 0 bad_line")]
    [InlineData("\0", "0; 0 missing_field")]
    [InlineData("m\tvalue=1", "0; 0 missing_field")]
    // One bad line among good ones: nothing of it stays.
    [InlineData("m value=1\noops\nm value=2", "2; 1 missing_field")]
    [InlineData("m a=1,b=x\nm a=1", "1; 0 bad_value")]
    [InlineData("m value=\"open\nm value=2\nm value=3", "2; 0 bad_line")]
    [InlineData("m value=1\n# comment\noops\nm value=2", "2; 1 missing_field")]
    public void Every_kind_of_body_has_its_answer(string body, string answer) => Answer(Encoding.UTF8.GetBytes(body)).ShouldBe(answer);

    [Fact]
    public void What_is_not_unicode_is_refused()
    {
        Answer([.. "m"u8, 0xff, .. " value=1"u8]).ShouldBe("0; 0 bad_line");
        Answer([.. "m,t="u8, 0xc3, 0x28, .. " value=1"u8]).ShouldBe("0; 0 bad_line");
        Answer([.. "m f"u8, 0xed, 0xa0, 0x80, .. "=1"u8]).ShouldBe("0; 0 bad_line");
    }

    [Fact]
    public void A_number_is_a_sample_of_measurement_and_field_and_the_field_value_of_the_measurement_alone()
    {
        IngestBatch batch = Decoded("cpu,host=a,zone=x value=1,idle=0.5,up=true 1700000000123456789", Nanosecond);
        batch.RecordCount.ShouldBe(1);
        batch.Rows.Select(row => (row.Series.Text, row.Value, row.TimeMs)).ShouldBe(
        [
            ("cpu{host=\"a\",zone=\"x\"}", 1, 1_700_000_000_123), ("cpu_idle{host=\"a\",zone=\"x\"}", 0.5, 1_700_000_000_123), ("cpu_up{host=\"a\",zone=\"x\"}", 1, 1_700_000_000_123),
        ]);
    }

    [Theory]
    [InlineData(Nanosecond, "1700000000123456789", 1_700_000_000_123)]
    [InlineData(1_000, "1700000000123456", 1_700_000_000_123)]
    [InlineData(Millisecond, "1700000000123", 1_700_000_000_123)]
    [InlineData(Second, "1700000000", 1_700_000_000_000)]
    [InlineData(60 * Second, "28333333", 1_699_999_980_000)]
    [InlineData(3600 * Second, "472222", 1_699_999_200_000)]
    [InlineData(Nanosecond, "-1", -1)]
    [InlineData(Nanosecond, "-1000000", -1)]
    [InlineData(Millisecond, "-1", -1)]
    [InlineData(Second, "-62135596800", EventTime.MinMs)]
    public void Timestamps_have_the_unit_that_was_given(long unit, string timestamp, long expectedMs) =>
        Decoded($"m value=1 {timestamp}", unit).Rows[0].TimeMs.ShouldBe(expectedMs);

    [Theory]
    [InlineData(Millisecond, "253402300800000")]
    [InlineData(Second, "9223372036854775807")]
    [InlineData(3600 * Second, "-9223372036854775808")]
    public void A_time_beyond_the_calendar_is_no_time(long unit, string timestamp) =>
        Answer(Encoding.UTF8.GetBytes($"m value=1 {timestamp}"), unit).ShouldBe("0; 0 bad_time");

    [Fact]
    public void A_line_without_a_timestamp_came_now() => Decoded("m value=1", Nanosecond).Rows[0].TimeMs.ShouldBeNull();

    [Fact]
    public void Random_points_come_back_as_they_were()
    {
        Gen<string> text = Gen.Elements("abcXYZ_09 .,;={}[]\"/éß漢😀".EnumerateRunes().Select(rune => rune.ToString()).ToArray()).NonEmptyListOf().Select(string.Concat);
        Gen<(string Measurement, Dictionary<string, string> Tags, double Value, long TimeMs)> point =
            from measurement in text.Where(name => name[0] is not ('#' or ' '))
            from tags in Gen.Zip(text, text).ListOf()
            from value in ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite)
            from time in Gen.Choose(0, int.MaxValue)
            select (measurement, tags.GroupBy(tag => tag.Item1).ToDictionary(g => g.Key, g => g.Last().Item2), value, time * 997L);
        Prop.ForAll(point.NonEmptyListOf().ToArbitrary(), points =>
        {
            string body = string.Join('\n', points.Select(p => string.Create(
                CultureInfo.InvariantCulture,
                $"{Escape(p.Measurement)}{string.Concat(p.Tags.Select(tag => $",{Escape(tag.Key)}={Escape(tag.Value)}"))} value={p.Value:R} {p.TimeMs}")));
            IngestBatch batch = Decoded(body, Millisecond);
            batch.Errors.ShouldBeEmpty();
            batch.Rows.Select(row => (row.Series, row.Value, row.TimeMs))
                .ShouldBe(points.Select(p => (SeriesKey.Create("t", p.Measurement, p.Tags), p.Value, (long?)p.TimeMs)));
        }).QuickCheckThrowOnFailure();

        static string Escape(string text) => text.Replace(",", "\\,", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_bodies_never_make_it_throw()
    {
        byte[] seed = Encoding.UTF8.GetBytes("cpu,host=a\\ b,zone=x value=1,idle=0.5,up=t,text=\"a\\\"b\" 1700000000123456789\n# c\nm value=-1i\nm,t=v f=2u 1\n");
        var random = new Random(7);
        for (int run = 0; run < 20_000; run++)
        {
            byte[] body = [.. seed];
            for (int change = random.Next(1, 6); change > 0; change--) body[random.Next(body.Length)] = " ,=\\\"\n\r#iu1e.\0\xff"u8[random.Next(16)];
            Answer(body[..random.Next(body.Length + 1)]).ShouldNotBeNull();
        }
    }

    private static IngestBatch Decoded(string body, long unit)
    {
        LineProtocolDecoder.TryDecode(Encoding.UTF8.GetBytes(body), "t", unit, out IngestBatch? batch, out _).ShouldBeTrue();
        return batch!;
    }

    private static string Answer(byte[] body, long unit = Nanosecond)
    {
        if (!LineProtocolDecoder.TryDecode(body, "t", unit, out IngestBatch? batch, out DecodeFailure? failure)) return $"nothing: {failure.Code}";
        batch.Rows.Select(row => row.Record).Intersect(batch.Errors.Select(error => error.Index)).ShouldBeEmpty();
        batch.Errors.ShouldAllBe(error => error.Detail.Length < 400 && !error.Detail.Any(char.IsControl));
        if (batch.Errors.Count == 0) return $"{batch.Rows.Count}";
        return $"{batch.Rows.Count}; {string.Join(", ", batch.Errors.Select(error => $"{error.Index} {error.Code}"))}";
    }
}
