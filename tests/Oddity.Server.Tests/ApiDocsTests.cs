using System.Diagnostics;

namespace Oddity.Server.Tests;

/// <summary>The description's page in a real browser, under the real content policy.</summary>
public sealed class ApiDocsTests
{
    private const string Chromium = "/usr/bin/chromium";

    [Fact]
    public async Task The_page_of_the_description_shows_the_routes_under_the_content_policy()
    {
        bool required = Environment.GetEnvironmentVariable("CI") == "true";
        Assert.SkipUnless(required || File.Exists(Chromium), "Chromium is not installed.");
        await using ApiServer server = await ApiServer.StartAsync();
        string profile = Directory.CreateTempSubdirectory("oddity-chromium-").FullName;
        try
        {
            (string page, string log) = await OpenAsync(new Uri(server.Address, "/docs/index.html"), profile);
            page.ShouldContain("/api/v1/anomalies/{id}/resolve");
            log.ShouldNotContain("Content Security Policy");
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }

    private static async Task<(string Page, string Log)> OpenAsync(Uri address, string profile)
    {
        var start = new ProcessStartInfo(Chromium) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[]
        {
            "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom", $"--user-data-dir={profile}", address.ToString(),
        })
            start.ArgumentList.Add(argument);
        using Process browser = Process.Start(start)!;
        try
        {
            Task<string> log = browser.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string page = await browser.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(90));
            return (page, await log);
        }
        finally
        {
            if (!browser.HasExited) browser.Kill(entireProcessTree: true);
            await browser.WaitForExitAsync(CancellationToken.None);
        }
    }
}
