using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Oddity.Server.Api;

/// <summary>The OpenAPI document as text. Made once, at the first request for it: it takes a tenth of a second, and anybody may ask.</summary>
internal sealed class ApiDescription(IServiceProvider services)
{
    private readonly Lazy<Task<byte[]>> _bytes = new(() => WriteAsync(services));

    public Task<byte[]> ReadAsync() => _bytes.Value;

    private static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        OpenApiDocument document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocs.DocumentName).GetOpenApiDocumentAsync();
        return Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1));
    }
}
