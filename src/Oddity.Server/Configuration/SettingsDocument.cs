using System.Text;

namespace Oddity.Server.Configuration;

/// <summary>The reference part of docs/configuration.md, written from the catalogue.</summary>
internal static class SettingsDocument
{
    /// <summary>Markdown: a table a section.</summary>
    public static string Write()
    {
        var text = new StringBuilder();
        foreach (IGrouping<string, Setting> section in Settings.All.GroupBy(Section))
        {
            text.Append($"### {section.Key}\n\n| key | environment | takes | default | what it does |\n|---|---|---|---|---|\n");
            foreach (Setting setting in section) text.Append(Row(setting));
            text.Append('\n');
        }

        text.Append("### Names for one detector\n\n| environment | stands for |\n|---|---|\n");
        foreach (DetectorVariable variable in DetectorVariable.All) text.Append($"| `{variable.Name}` | `{variable.Key}` |\n");
        text.Append("\n### Names that are recognised and not used yet\n\n| environment | why |\n|---|---|\n");
        foreach ((string name, string why) in LaterNames.All.OrderBy(pair => pair.Key, StringComparer.Ordinal)) text.Append($"| `{name}` | {why} |\n");
        return text.ToString();
    }

    private static string Section(Setting setting) => setting.Key.Contains('.', StringComparison.Ordinal) ? setting.Key.Split('.')[0] : "general";

    private static string Row(Setting setting)
    {
        string names = string.Join(", ", setting.Variables.Concat(setting.Secret ? [setting.Variable + "_FILE"] : []).Select(name => $"`{name}`"));
        string option = setting.Option is null ? "" : $" Option `{setting.Option}`.";
        string value = setting.DefaultMeaning ?? (setting.DefaultText.Length == 0 ? "" : $"`{setting.DefaultText}`");
        string secret = setting.Secret ? " Secret." : "";
        return $"| `{setting.Key}` | {names} | {Cell(setting.KindName)} | {Cell(value)} | {Cell(setting.Description)}{option}{secret} |\n";
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
