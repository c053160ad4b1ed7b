using System.Globalization;
using System.Text;
using Oddity.Connectors.Sources;

namespace Oddity.Connectors.Tests;

public class EventsTimeTests
{
    [Theory]
    [InlineData("1234567890", "2009-02-13T23:31:30.000Z")]
    [InlineData("1700000000.123", "2023-11-14T22:13:20.123Z")]
    [InlineData("1700000000.9999999", "2023-11-14T22:13:20.999Z")]
    [InlineData("1.7e9", "2023-11-14T22:13:20.000Z")]
    [InlineData("1700000000123", "2023-11-14T22:13:20.123Z")]
    [InlineData("1700000000123456", "2023-11-14T22:13:20.123Z")]
    [InlineData("1700000000123456789", "2023-11-14T22:13:20.123Z")]
    [InlineData("0", "1970-01-01T00:00:00.000Z")]
    [InlineData("-1", "1969-12-31T23:59:59.000Z")]
    [InlineData("-0.0001", "1969-12-31T23:59:59.999Z")]
    [InlineData(" 1700000000\r", "2023-11-14T22:13:20.000Z")]
    [InlineData("99999999999", "5138-11-16T09:46:39.000Z")]
    [InlineData("100000000000", "1973-03-03T09:46:40.000Z")]
    [InlineData("2024-01-01", "2024-01-01T00:00:00.000Z")]
    [InlineData("2024-02-29T12:30", "2024-02-29T12:30:00.000Z")]
    [InlineData("2024-01-01T12:30:15", "2024-01-01T12:30:15.000Z")]
    [InlineData("2024-01-01 12:30:15", "2024-01-01T12:30:15.000Z")]
    [InlineData("2024/01/01 12:30:15", "2024-01-01T12:30:15.000Z")]
    [InlineData("2024-01-01T12:30:15Z", "2024-01-01T12:30:15.000Z")]
    [InlineData("2024-01-01t12:30:15z", "2024-01-01T12:30:15.000Z")]
    [InlineData("2024-01-01T12:30:15.5Z", "2024-01-01T12:30:15.500Z")]
    [InlineData("2024-01-01T12:30:15,123456789Z", "2024-01-01T12:30:15.123Z")]
    [InlineData("2024-01-01T12:30:15.123456", "2024-01-01T12:30:15.123Z")]
    [InlineData("2024-01-01T12:30:15+02:00", "2024-01-01T10:30:15.000Z")]
    [InlineData("2024-01-01T12:30:15-0530", "2024-01-01T18:00:15.000Z")]
    [InlineData("2024-01-01 12:30:15 +01", "2024-01-01T11:30:15.000Z")]
    [InlineData("2024-01-01 12:30:15 UTC", "2024-01-01T12:30:15.000Z")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z")]
    [InlineData("0001-01-01", "0001-01-01T00:00:00.000Z")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")]
    public void A_time_is_read(string text, string expected)
    {
        EventTime.TryParse(text, TimePrecision.Auto, out long ms).ShouldBeTrue();
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", CultureInfo.InvariantCulture).ShouldBe(expected);
        EventTime.TryParse(Encoding.UTF8.GetBytes(text), TimePrecision.Auto, out long same).ShouldBeTrue();
        same.ShouldBe(ms);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("now")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("1e400")]
    [InlineData("1e30")]
    [InlineData("99999999999999999999999")]
    [InlineData("0x10")]
    [InlineData("12abc")]
    [InlineData("1 2")]
    [InlineData("2024-13-01")]
    [InlineData("2023-02-29")]
    [InlineData("2024-00-10")]
    [InlineData("2024-01-00")]
    [InlineData("0000-01-01")]
    [InlineData("2024-1-1")]
    [InlineData("2024-01/01")]
    [InlineData("01/02/2024")]
    [InlineData("2024-01-01T")]
    [InlineData("2024-01-01T1:00")]
    [InlineData("2024-01-01T24:00:00")]
    [InlineData("2024-01-01T12:60:00")]
    [InlineData("2024-01-01T12:00:61")]
    [InlineData("2024-01-01T12:00:")]
    [InlineData("2024-01-01T12:00:0")]
    [InlineData("2024-01-01T12:00:00.")]
    [InlineData("2024-01-01T12:00:00+")]
    [InlineData("2024-01-01T12:00:00+1")]
    [InlineData("2024-01-01T12:00:00+19:00")]
    [InlineData("2024-01-01T12:00:00+01:60")]
    [InlineData("2024-01-01T12:00:00Europe/Berlin")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("２０２４-01-01")]
    [InlineData("2024-01-01T12:00:00Z                                                                x")]
    public void Anything_else_is_no_time(string text)
    {
        EventTime.TryParse(text, TimePrecision.Auto, out _).ShouldBeFalse();
        EventTime.TryParse(Encoding.UTF8.GetBytes(text), TimePrecision.Auto, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("2024-01-02", "2024-01-03")]
    [InlineData("2024-12-31", "2025-01-01")]
    [InlineData("2024-01-02T00:00:00", "2024-01-02")]
    [InlineData("1704153600", "2024-01-02")]
    public void A_date_as_the_end_of_a_range_is_the_whole_day(string text, string expected)
    {
        EventTime.TryParseEnd(text, TimePrecision.Auto, out long end).ShouldBeTrue();
        EventTime.TryParse(expected, TimePrecision.Auto, out long ms).ShouldBeTrue();
        end.ShouldBe(ms);
    }

    [Theory]
    [InlineData("s", 5_000_000)]
    [InlineData("ms", 5_000)]
    [InlineData("us", 5)]
    [InlineData("µs", 5)]
    [InlineData("n", 0)]
    [InlineData("auto", 5_000_000)]
    [InlineData(null, 5_000_000)]
    public void A_precision_sets_the_unit(string? name, long expected)
    {
        EventTime.TryParsePrecision(name, out TimePrecision precision).ShouldBeTrue();
        EventTime.TryParse("5000", precision, out long ms).ShouldBeTrue();
        ms.ShouldBe(expected);
    }

    [Fact]
    public void An_unknown_precision_is_refused() => EventTime.TryParsePrecision("weeks", out _).ShouldBeFalse();
}
