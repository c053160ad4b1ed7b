using Oddity.Engine.Calls;
using Oddity.Engine.Storage;
using Oddity.Server.Configuration;
using Oddity.Server.Security;

namespace Oddity.Server.Api.Calls;

/// <summary>The registry of APIs: registered, listed, edited, taken out.</summary>
internal static class ApisRoutes
{
    private const int MaxBytes = 64 << 10;
    private const string Example = """{"name":"Payments","url":"https://pay.example/health","description":"cards and refunds","probe":{"interval_seconds":60,"timeout_ms":5000,"expected_status":200}}""";

    public static void MapApis(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder operate = routes.MapGroup("").Permits(Permission.Operate).WithTags("API calls");
        foreach (string path in new[] { "/api/v1/apis/register", "/v1/apis/register" })
        {
            operate.MapPost(path, RegisterAsync).WithSummary("Register an API: {name, url, description, probe}; the answer has the id that its calls name as api_id")
                .TakesJson(Example).Produces<ApiBody>(201).Fails(400, 413, 429, 507);
        }

        operate.MapPut("/api/v1/apis/{id}", EditAsync).WithSummary("Change a registered API").TakesJson(Example).Produces<ApiBody>().Fails(400, 404, 413, 507);
        operate.MapDelete("/api/v1/apis/{id}", DeleteAsync).WithSummary("Take an API out of the registry; its series stay").Produces(204).Fails(404);
        RouteGroupBuilder read = routes.MapGroup("").Permits(Permission.Read).WithTags("API calls");
        read.MapGet("/api/v1/apis", (HttpContext context, ApiStore store) =>
            Results.Json(new Page<ApiBody>([.. store.List(context.Tenant()).Select(ApiBody.From)], null), Json.Readable.PageApiBody)).WithSummary("The registered APIs, by name").Produces<Page<ApiBody>>();
        read.MapGet("/api/v1/apis/{id}", (HttpContext context, ApiStore store, string id) => One(store.Find(context.Tenant(), id) ?? throw None(id), 200))
            .WithSummary("One registered API").Produces<ApiBody>().Fails(404);
    }

    private static async Task<IResult> RegisterAsync(HttpContext context, ApiStore store, HttpOptions limits, BodyBudget budget)
    {
        Engine.Calls.Api api = await ReadAsync(context, limits, budget, null);
        await PutAsync(context, store, api);
        context.Response.Headers.Location = $"/api/v1/apis/{api.Id}";
        return One(api, StatusCodes.Status201Created);
    }

    private static async Task<IResult> EditAsync(HttpContext context, ApiStore store, HttpOptions limits, BodyBudget budget, string id)
    {
        if (store.Find(context.Tenant(), id) is null) throw None(id);
        Engine.Calls.Api api = await ReadAsync(context, limits, budget, id);
        await PutAsync(context, store, api);
        return One(api, 200);
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, ApiStore store, string id) =>
        await store.DeleteAsync(context.Tenant(), id, context.RequestAborted) ? Results.NoContent() : throw None(id);

    private static async Task<Engine.Calls.Api> ReadAsync(HttpContext context, HttpOptions limits, BodyBudget budget, string? id)
    {
        using RequestBody body = await RequestBody.ReadAsync(context, limits with { MaxBodyBytes = MaxBytes, MaxDecompressedBytes = MaxBytes }, budget);
        return ApiReader.Read(body.Bytes, context.Tenant(), id);
    }

    private static async Task PutAsync(HttpContext context, ApiStore store, Engine.Calls.Api api)
    {
        try
        {
            if (!await store.PutAsync(context.Tenant(), api, context.RequestAborted))
                throw new ProblemException(429, "over_limit", $"A tenant has at most {ApiStore.MaxPerTenant} APIs.", "apis") { RetryAfter = TimeSpan.FromMinutes(1) };
        }
        catch (DiskFullException)
        {
            throw new ProblemException(507, "disk_full", "The server's disk is full. Nothing was stored.") { RetryAfter = TimeSpan.FromSeconds(10) };
        }
    }

    private static IResult One(Engine.Calls.Api api, int status) => Results.Json(ApiBody.From(api), Json.Readable.ApiBody, statusCode: status);

    private static ProblemException None(string id) => ProblemException.NotFound($"There is no API '{Problem.Echo(id)}'.");
}
