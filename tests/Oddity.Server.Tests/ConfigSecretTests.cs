using Oddity.Server.Configuration;

namespace Oddity.Server.Tests;

public sealed class ConfigSecretTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("SLACK_WEBHOOK_FILE")]
    [InlineData("SLACK_WEBHOOK_URL_FILE")]
    [InlineData("ODDITY_ALERTS__SLACK__WEBHOOK_URL_FILE")]
    public void A_secret_may_be_in_a_file_that_a_variable_names(string variable)
    {
        File.WriteAllText(_file, "https://hooks.example/services/T0/secret\n");

        LoadedConfiguration loaded = ConfigurationText.Load(environment: new() { [variable] = _file });

        loaded.Mistakes.ShouldBeEmpty();
        loaded.Options.Channels.SlackWebhook!.ToString().ShouldBe("https://hooks.example/services/T0/secret");
    }

    [Fact]
    public void A_secret_may_be_in_a_file_that_the_settings_name()
    {
        File.WriteAllText(_file, "key\r\n");

        ConfigurationText.Good($"alerts: {{webhook: {{url: 'http://127.0.0.1/', secret_file: '{_file}'}}}}").Channels.WebhookSecret.ShouldBe("key");
    }

    [Fact]
    public void A_secret_file_that_is_not_there_is_a_mistake() =>
        ConfigurationText.Mistakes(environment: new() { ["SLACK_WEBHOOK_URL_FILE"] = "/nowhere/secret" }).Single().ShouldStartWith("alerts.slack.webhook_url: the file '/nowhere/secret' can't be read");

    [Fact]
    public void A_secret_is_shown_nowhere_not_even_when_it_is_wrong()
    {
        LoadedConfiguration loaded = ConfigurationText.Load(
            "alerts: {webhook: {url: 'http://hunter2.example/', secret: hunter2}}\nsources: {prometheus: {bearer_token: hunter2}}",
            new() { ["SLACK_WEBHOOK_URL"] = "hunter2", ["SLACK_WEBHOOK"] = "hunter2 too" });

        loaded.Mistakes.ShouldNotBeEmpty();
        string shown = string.Join('\n', [.. loaded.Values.Select(value => value.ToString()), .. loaded.Mistakes.Select(mistake => mistake.ToString()), .. loaded.Notices]);
        shown.ShouldNotContain("hunter2");
        loaded.Values.Single(value => value.Key == "alerts.webhook.secret").Text.ShouldBe("***");
        loaded.Values.Single(value => value.Key == "alerts.webhook.url").Text.ShouldBe("***");
    }

    [Fact]
    public void Of_the_two_slack_names_the_one_with_url_wins_and_a_contradiction_is_told()
    {
        LoadedConfiguration loaded = ConfigurationText.Load(environment: new() { ["SLACK_WEBHOOK"] = "http://old.example/", ["SLACK_WEBHOOK_URL"] = "http://new.example/" });

        loaded.Options.Channels.SlackWebhook!.Host.ShouldBe("new.example");
        loaded.Notices.ShouldContain(notice => notice.Contains("environment SLACK_WEBHOOK says something else than environment SLACK_WEBHOOK_URL"));
        ConfigurationText.Load(environment: new() { ["SLACK_WEBHOOK"] = "http://a.example/", ["SLACK_WEBHOOK_URL"] = "http://a.example/" }).Notices.ShouldBeEmpty();
    }
}
