using System.Reflection;
using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

public sealed class ConfigCatalogueTests
{
    [Fact]
    public void Every_setting_is_in_the_catalogue_once()
    {
        Setting[] declared = [.. typeof(Settings).GetProperties(BindingFlags.Public | BindingFlags.Static).Select(property => property.GetValue(null)).OfType<Setting>()];

        declared.Select(setting => setting.Key).ShouldBe(Settings.All.Select(setting => setting.Key), ignoreOrder: true);
        Settings.All.SelectMany(setting => setting.Variables).ShouldBeUnique();
    }

    [Fact]
    public void Every_setting_is_bound_and_explained()
    {
        HashSet<string> explained = [.. ConfigurationText.Load().Values.Select(value => value.Key)];

        Settings.All.Where(setting => setting is not Structure { Key: "detection.parameters" } && !explained.Contains(setting.Key)).Select(setting => setting.Key).ShouldBeEmpty();
    }

    [Fact]
    public void Every_key_is_lower_case_and_described_in_a_sentence()
    {
        foreach (Setting setting in Settings.All)
        {
            setting.Key.ShouldMatch("^[a-z_]+(\\.[a-z_]+)*$");
            setting.Description.ShouldEndWith(".");
        }
    }

    [Fact]
    public void The_reference_in_the_docs_is_the_catalogue()
    {
        string docs = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md")).ReplaceLineEndings("\n");

        docs.ShouldContain(SettingsDocument.Write(), customMessage: "Put the output of `oddity config document` into docs/configuration.md.");
    }
}
