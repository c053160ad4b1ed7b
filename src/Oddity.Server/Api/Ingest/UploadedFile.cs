using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Oddity.Server.Configuration;

namespace Oddity.Server.Api.Ingest;

/// <summary>A file of a request, in memory. Dispose it after use: its memory is borrowed.</summary>
/// <param name="Name">As it was given, without folders; "upload" where it was not.</param>
/// <param name="Body">Its bytes.</param>
internal sealed record UploadedFile(string Name, RequestBody Body) : IDisposable
{
    private const int MaxFiles = 1000;
    private const int MaxBoundary = 70;
    private const string Nameless = "upload";

    /// <summary>All files of a form, or the body itself where the request is none. The limits hold for all files together.</summary>
    /// <exception cref="ProblemException">400 not a form that can be read or without a file, 413, 415, 503.</exception>
    public static async Task<List<UploadedFile>> ReadAllAsync(HttpContext context, string? fileName, HttpOptions limits, BodyBudget budget)
    {
        HttpRequest request = context.Request;
        bool form = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);
        if (form) return await ReadFormAsync(context, HeaderUtilities.RemoveQuotes(type!.Boundary).Value, limits, budget);
        BodyType.CheckFile(request);
        return [new(Clean(fileName), await RequestBody.ReadAsync(context, limits, budget))];
    }

    public void Dispose() => Body.Dispose();

    private static async Task<List<UploadedFile>> ReadFormAsync(HttpContext context, string? boundary, HttpOptions limits, BodyBudget budget)
    {
        if (string.IsNullOrEmpty(boundary) || boundary.Length > MaxBoundary) throw Bad("The form has no boundary, or one that is too long.");
        var files = new List<UploadedFile>();
        try
        {
            await FillAsync(context, boundary, limits, budget, files);
            return files.Count > 0 ? files : throw Bad("There is no file in the form.");
        }
        catch (Exception failure)
        {
            files.ForEach(file => file.Dispose());
            if (failure is InvalidDataException || failure.GetType() == typeof(IOException)) throw Bad("The form is broken or ends too early.");
            throw;
        }
    }

    private static async Task FillAsync(HttpContext context, string boundary, HttpOptions limits, BodyBudget budget, List<UploadedFile> files)
    {
        await using Stream decoded = RequestBody.Open(context, limits, out long left);
        var reader = new MultipartReader(boundary, decoded);
        while (await reader.ReadNextSectionAsync(context.RequestAborted) is { } section)
        {
            RequestBody body = await RequestBody.ReadAsync(section.Body, left, budget, context.RequestAborted);
            left -= body.Bytes.Length;
            if (NameOf(section) is { } name) files.Add(new(name, body));
            else body.Dispose();
            if (files.Count > MaxFiles) throw new ProblemException(413, "too_large", $"More than {MaxFiles} files at once.", "files");
        }
    }

    /// <summary>The file's name; null for a field of the form that is no file.</summary>
    private static string? NameOf(MultipartSection section)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition)) return null;
        string? given = disposition.FileNameStar.Value ?? HeaderUtilities.RemoveQuotes(disposition.FileName).Value;
        bool isFile = given is not null || HeaderUtilities.RemoveQuotes(disposition.Name).Value is "file" or "files";
        return isFile ? Clean(given) : null;
    }

    private static string Clean(string? name)
    {
        string last = name?.Split('/', '\\')[^1] ?? "";
        return last.Length == 0 ? Nameless : Problem.Echo(last);
    }

    private static ProblemException Bad(string detail) => new(StatusCodes.Status400BadRequest, "bad_form", detail);
}
