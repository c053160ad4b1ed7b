using FsCheck;
using FsCheck.Fluent;
using Oddity.Engine.Series;

namespace Oddity.Engine.Tests;

public class SeriesKeyTests
{
    [Theory]
    [InlineData("cpu", null, null, "cpu")]
    [InlineData("cpu", "host", "a", "cpu{host=\"a\"}")]
    [InlineData("http:rate", "path", "/a \"b\"\\\n", "http:rate{path=\"/a \\\"b\\\"\\\\\\n\"}")]
    [InlineData("odd name", "a", "x", "{\"odd name\",a=\"x\"}")]
    [InlineData("odd name", null, null, "{\"odd name\"}")]
    [InlineData("cpu", "odd label", "x", "cpu{\"odd label\"=\"x\"}")]
    public void The_canonical_text_is_this(string metric, string? label, string? value, string text)
    {
        SeriesKey key = SeriesKey.Create("t", metric, label is null ? null : [new(label, value!)]);
        key.Text.ShouldBe(text);
        SeriesKey.TryParse("t", text, out SeriesKey parsed).ShouldBeTrue();
        parsed.ShouldBe(key);
    }

    [Fact]
    public void Any_names_and_values_come_back() =>
        Prop.ForAll<NonEmptyString, (NonEmptyString Name, NonEmptyString Value)[]>((metric, labels) =>
        {
            SeriesKey key = SeriesKey.Create("t", metric.Get, labels.Select(l => KeyValuePair.Create(l.Name.Get, l.Value.Get)));
            SeriesKey.TryParse("t", key.Text, out SeriesKey parsed).ShouldBeTrue(key.Text);
            parsed.ShouldBe(key);
            parsed.Text.ShouldBe(key.Text);
            parsed.Labels.ShouldBe(key.Labels);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("cpu{host=\"a\",zone=\"b c\"}")]
    [InlineData("cpu{zone=\"a\",host=\"b\"}")]
    [InlineData("cpu{host=\"a\",host=\"b\"}")]
    [InlineData("cpu{host=\"\"}")]
    [InlineData("cpu{}")]
    [InlineData("cpu{host=\"ä\"}")]
    [InlineData("cpu{host=\"a\"} ")]
    [InlineData("{\"odd name\",a=\"x\"}")]
    public void Bytes_read_as_text_does(string text)
    {
        SeriesKey.TryParse("t", text, out SeriesKey expected).ShouldBeTrue();
        SeriesKey.TryParse("t", System.Text.Encoding.UTF8.GetBytes(text), out SeriesKey key).ShouldBeTrue();
        key.ShouldBe(expected);
        (key.Text, key.Metric, key.Seed).ShouldBe((expected.Text, expected.Metric, expected.Seed));
    }

    [Fact]
    public void Order_and_empty_labels_do_not_matter_and_the_tenant_does()
    {
        SeriesKey key = SeriesKey.Create("t", "m", [new("b", "2"), new("a", "1"), new("c", "")]);
        key.ShouldBe(SeriesKey.Create("t", "m", [new("a", "1"), new("b", "2")]));
        key.Text.ShouldBe("m{a=\"1\",b=\"2\"}");
        key.ShouldNotBe(SeriesKey.Create("u", "m", [new("a", "1"), new("b", "2")]));
        key.Seed.ShouldNotBe(SeriesKey.Create("u", "m", [new("a", "1"), new("b", "2")]).Seed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("a{")]
    [InlineData("a{b}")]
    [InlineData("a{b=}")]
    [InlineData("a{b=\"c}")]
    [InlineData("a{b=\"c\"")]
    [InlineData("a{b=\"c\"}x")]
    [InlineData("a b")]
    [InlineData("{b=\"c\"}")]
    [InlineData("a{\"b\"}")]
    public void Anything_else_is_no_key(string text) => SeriesKey.TryParse("t", text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("cpu", true)]
    [InlineData("c*", true)]
    [InlineData("*host=\"a\"*", true)]
    [InlineData("cpu{host=\"a\"}", true)]
    [InlineData("*pu*b*", false)]
    [InlineData("mem", false)]
    [InlineData("", false)]
    public void A_pattern_fits_name_or_text(string pattern, bool fits) =>
        Pattern.Fits(pattern, SeriesKey.Create("t", "cpu", [new("host", "a")])).ShouldBe(fits);
}
