using FsCheck;
using FsCheck.Fluent;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

public sealed class ConfigPropertyTests
{
    [Fact]
    public void A_duration_reads_back_as_it_was_written() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Select(ms => TimeSpan.FromMilliseconds(ms)).ToArbitrary(),
        duration => DurationText.TryParse(DurationText.Format(duration), null, out TimeSpan read) && read == duration).QuickCheckThrowOnFailure();

    [Fact]
    public void A_size_reads_back_as_it_was_written() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Select(bytes => (long)bytes * 37).ToArbitrary(),
        size => ByteSize.TryParse(ByteSize.Format(size), out long read) && read == size).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_the_file_says_there_is_an_answer_and_no_exception() => Prop.ForAll(
        Yaml().ToArbitrary(),
        yaml => ConfigurationText.Load(yaml) is { Options: not null }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_a_variable_says_it_is_read_or_a_mistake_of_its_own_setting()
    {
        IEnumerable<string> Strayed(Setting setting, string text) =>
            ConfigurationText.Load(environment: new() { [setting.Variable] = text }).Mistakes
                .Where(mistake => !mistake.Key.StartsWith(setting.Key, StringComparison.Ordinal) && mistake.Key != "auth.mode")
                .Select(mistake => $"{setting.Variable}={text} → {mistake.Key}");

        Settings.All.SelectMany(setting => Texts.SelectMany(text => Strayed(setting, text))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_default_reads_as_what_it_stands_for()
    {
        foreach (Setting setting in Settings.All.Where(setting => setting is not Structure && setting.DefaultText.Length > 0))
        {
            LoadedConfiguration loaded = ConfigurationText.Load(environment: new() { [setting.Variable] = setting.DefaultText });

            loaded.Mistakes.ShouldBeEmpty(setting.Key);
            if (!setting.Secret) loaded.Values.Single(value => value.Key == setting.Key).Text.ShouldBe(setting.DefaultText);
        }
    }

    [Theory]
    [InlineData("60s", 60_000)]
    [InlineData("5m", 300_000)]
    [InlineData("100ms", 100)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("0.5s", 500)]
    [InlineData("30d", 2_592_000_000)]
    public void A_duration_has_units(string text, long ms)
    {
        DurationText.TryParse(text, null, out TimeSpan value).ShouldBeTrue();
        value.TotalMilliseconds.ShouldBe(ms);
    }

    [Theory]
    [InlineData("")]
    [InlineData("60")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("1e9d")]
    [InlineData("99999999d")]
    [InlineData("5x")]
    [InlineData("1..5s")]
    public void Anything_else_is_no_duration(string text) => DurationText.TryParse(text, null, out _).ShouldBeFalse();

    private static readonly string[] Texts =
        ["", "0", "-1", "1e400", "NaN", "true", "60s", "none", "[", "{a: b}", "http://", "http://127.0.0.1:1", "\u001b[31m", "&a *a", new('x', 5_000), "8080,abc", "C:\\", "../.."];

    private static Gen<string> Yaml()
    {
        Gen<string> key = Gen.Elements([.. Settings.All.SelectMany(setting => setting.Key.Split('.')).Distinct(), "nonsense", "", "a b", "- "]);
        Gen<string> line = from indent in Gen.Choose(0, 3)
                           from name in key
                           from text in Gen.Elements(Texts)
                           select $"{new string(' ', indent * 2)}{name}: {text}";
        return line.ListOf().Select(lines => string.Join('\n', lines));
    }
}
