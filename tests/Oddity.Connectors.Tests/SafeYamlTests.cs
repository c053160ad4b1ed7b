using FsCheck;
using FsCheck.Fluent;
using Oddity.Connectors.Yaml;
using YamlDotNet.RepresentationModel;

namespace Oddity.Connectors.Tests;

public sealed class SafeYamlTests
{
    [Fact]
    public void A_plain_file_becomes_a_tree_that_knows_its_lines()
    {
        YamlMappingNode root = SafeYaml.LoadMapping("# what goes where\nrules:\n  - metric: cpu\n    channels: [slack, webhook]\n");

        var rule = (YamlMappingNode)((YamlSequenceNode)root["rules"])[0];
        rule["metric"].ToString().ShouldBe("cpu");
        rule["channels"].Start.Line.ShouldBe(4);
        ((YamlSequenceNode)rule["channels"]).Children.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    public void An_empty_file_is_an_empty_mapping(string text) => SafeYaml.LoadMapping(text).Children.ShouldBeEmpty();

    [Theory]
    [InlineData("a: &x 1\n", "line 1: anchors")]
    [InlineData("a: 1\nb: *x\n", "line 2: ")]
    [InlineData("a: !!binary aGk=\n", "line 1: tags")]
    [InlineData("a: 1\n---\nb: 2\n", "line 2: a second document")]
    [InlineData("- a\n- b\n", "line 1: expected `key: value` lines")]
    [InlineData("just words\n", "line 1: expected `key: value` lines")]
    [InlineData("a: 1\na: 2\n", "line 2: ")]
    [InlineData("a: [1, 2\nb: 3\n", "line ")]
    [InlineData("a: \"unclosed\n", "line ")]
    [InlineData("a:\n\t- tab\n", "line ")]
    public void What_is_not_plain_is_refused_with_its_line(string text, string beginning) =>
        Should.Throw<FormatException>(() => SafeYaml.LoadMapping(text)).Message.ShouldStartWith(beginning);

    [Fact]
    public void Any_text_is_a_mapping_or_a_format_mistake()
    {
        Gen<string> pieces = Gen.Elements("a: ", "b", "\n", "  ", "- ", "[", "]", "{", "}", ", ", "'", "\"", "|", "> ", "# c", "? ", ": ", "&x ", "*x ", "!t ", "%", "---", "...", "\t", "\\", "\u0000", "é", "<<")
            .ListOf().Select(list => string.Concat(list));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(pieces.ToArbitrary(), text =>
        {
            try
            {
                SafeYaml.LoadMapping(text);
            }
            catch (FormatException)
            {
                // The only exception a caller has to know.
            }
        }));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("[\n")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Deep_nesting_is_refused_and_the_process_lives(string level)
    {
        string text = "a: " + (level is "- " or "? " ? "\n  " : "") + string.Concat(Enumerable.Repeat(level, 200_000));

        Should.Throw<FormatException>(() => SafeYaml.LoadMapping(text));
    }

    [Fact]
    public void Nesting_within_the_limit_is_read()
    {
        string text = "a: " + new string('[', SafeYaml.MaxDepth - 1) + new string(']', SafeYaml.MaxDepth - 1);

        SafeYaml.LoadMapping(text).Children.Count.ShouldBe(1);
        Should.Throw<FormatException>(() => SafeYaml.LoadMapping("a: [" + text[3..] + "]")).Message.ShouldContain("deeper");
    }

    [Fact]
    public void A_file_that_is_too_long_is_refused_unread() =>
        Should.Throw<FormatException>(() => SafeYaml.LoadMapping(new string('#', SafeYaml.MaxLength + 1))).Message.ShouldContain("longer");
}
