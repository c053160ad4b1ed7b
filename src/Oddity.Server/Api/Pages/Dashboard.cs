using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Oddity.Server.Api.Pages;

/// <summary>The dashboard's files, made by the build and laid beside the binary.</summary>
internal sealed class Dashboard : IDisposable
{
    public const string Index = "/index.html";

    private readonly PhysicalFileProvider? _files;

    /// <param name="folder">Where they are; it need not exist.</param>
    public Dashboard(string folder)
    {
        if (File.Exists(Path.Combine(folder, "index.html"))) _files = new(folder);
    }

    /// <summary>The folder beside the binary.</summary>
    public static string DefaultFolder => Path.Combine(AppContext.BaseDirectory, "wwwroot");

    public bool IsBuilt => _files is not null;

    public void UseFiles(IApplicationBuilder app)
    {
        if (_files is not null) app.UseStaticFiles(new StaticFileOptions { FileProvider = _files, OnPrepareResponse = SetCache });
    }

    /// <summary>What a browser gets where there is no dashboard.</summary>
    public static Task ExplainAsync(HttpContext context)
    {
        const string Page =
            """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>Oddity</title>
            <h1>Oddity runs, without its dashboard</h1>
            <p>This build was made without it. Build again with Node 20 or newer installed: <code>dotnet build -c Release</code>.</p>
            <p>The API works: <a href="/docs">its description</a>, <a href="/health">health</a>, <a href="/api/v1/anomalies">anomalies</a>.</p>
            </html>
            """;
        context.Response.Headers.CacheControl = "no-store";
        return Results.Text(Page, "text/html; charset=utf-8").ExecuteAsync(context);
    }

    public void Dispose() => _files?.Dispose();

    /// <summary>Files with a hash in their name never change; the page that names them must be asked for each time.</summary>
    private static void SetCache(StaticFileResponseContext file)
    {
        bool hashed = file.Context.Request.Path.StartsWithSegments("/assets");
        file.Context.Response.Headers[HeaderNames.CacheControl] = hashed ? "public, max-age=31536000, immutable" : "no-cache";
        if (!hashed) file.Context.Response.Headers[HeaderNames.Vary] = HeaderNames.Accept;
    }
}
