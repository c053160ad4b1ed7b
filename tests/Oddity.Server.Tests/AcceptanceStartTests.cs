namespace Oddity.Server.Tests;

/// <summary>What a newcomer types: nothing but the program's name.</summary>
public sealed class AcceptanceStartTests
{
    [Fact]
    public async Task Without_a_verb_it_serves_and_tells_where_and_how_to_begin()
    {
        string folder = Directory.CreateTempSubdirectory("oddity-start-").FullName;
        (string, string)[] environment = [("ODDITY_HTTP__PORT", "0"), ("ODDITY_DATA_DIR", Path.Combine(folder, "data"))];
        await using (AcceptanceProcess oddity = AcceptanceProcess.Start("dotnet", [typeof(Program).Assembly.Location], environment))
        {
            var address = new Uri((await oddity.LineAsync("Oddity ", TimeSpan.FromSeconds(60))).Split(" is at ")[1]);
            (await oddity.LineAsync("Make the first account here, once: ", TimeSpan.FromSeconds(10))).ShouldStartWith($"{address}setup#token=");
            using var http = new HttpClient { BaseAddress = address };
            (await http.GetStringAsync("/", TestContext.Current.CancellationToken)).ShouldContain("<title>");
        }

        Directory.Delete(folder, recursive: true);
    }
}
