namespace Oddity.Server.Api;

internal static class UploadRoutes
{
    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
    }
}
