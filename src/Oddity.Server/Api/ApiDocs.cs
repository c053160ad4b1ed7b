using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Oddity.Server.Security;

namespace Oddity.Server.Api;

/// <summary>The machine-readable description of the API at <c>/openapi.json</c>, and the page at <c>/docs</c> that shows it.</summary>
internal static class ApiDocs
{
    public const string DocumentName = "oddity";

    private const string Token = "token";
    private static readonly string[] Whole = ["limit", "max_points", "minutes"];
    private static readonly string[] Flags = ["atomic", "backfill", "band", "ongoing", "dry_run"];

    public static void AddApiDocs(this IServiceCollection services)
    {
        services.AddSingleton<ApiDescription>();
        services.AddOpenApi(DocumentName, options =>
        {
            options.AddDocumentTransformer((document, _, _) => Describe(document));
            options.AddOperationTransformer((operation, context, _) => Describe(operation, context.Description.ActionDescriptor.EndpointMetadata));
        });
    }

    public static void MapApiDocs(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/openapi.json", async (ApiDescription description) => Results.Bytes(await description.ReadAsync(), "application/json; charset=utf-8"))
            .Permits(Permission.Anonymous).ExcludeFromDescription();

    public static void UseApiDocs(this IApplicationBuilder app) => app.UseSwaggerUI(options =>
    {
        options.RoutePrefix = "docs";
        options.DocumentTitle = "Oddity API";
        options.SwaggerEndpoint("/openapi.json", "Oddity");
    });

    /// <summary>Says that a route takes samples in the shapes of the ingest routes.</summary>
    public static TBuilder TakesData<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new BodyExample("application/json", """{"metric":"cpu","value":93.5,"timestamp":"2026-01-31T12:00:00Z","meta":{"host":"a"}}"""))
            .Fails(400, 413, 415, 429, 503, 507);

    /// <summary>Says what JSON a route takes.</summary>
    public static TBuilder TakesJson<TBuilder>(this TBuilder builder, string example)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new BodyExample("application/json", example));

    /// <summary>Says that a route takes a note.</summary>
    public static TBuilder TakesNote<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new BodyExample("application/json", """{"note":"a deployment"}"""));

    /// <summary>Says that a route takes files.</summary>
    public static TBuilder TakesFiles<TBuilder>(this TBuilder builder, string field)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new BodyExample("multipart/form-data", null, field)).Fails(400, 413, 415, 429, 503, 507);

    /// <summary>Names the problems a route may answer.</summary>
    public static TBuilder Fails<TBuilder>(this TBuilder builder, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (int status in statuses) builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemBody), ["application/problem+json"]));
        return builder;
    }

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new() { Title = "Oddity", Version = Build.Version, Description = "Metrics in, explained anomalies out." };
        document.Servers = [];
        foreach (IOpenApiPathItem path in document.Paths.Values) path.Operations?.Remove(HttpMethod.Head);

        // Lets the page send a token.
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Token] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token made on the page or by POST /api/v1/tokens." },
        };
        document.Security = [new() { [new OpenApiSecuritySchemeReference(Token, document)] = [] }];
        return Task.CompletedTask;
    }

    private static Task Describe(OpenApiOperation operation, IList<object> metadata)
    {
        if (metadata.OfType<BodyExample>().FirstOrDefault() is { } example) operation.RequestBody = BodyOf(example);
        foreach (OpenApiParameter parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? []) SetType(parameter);
        return Task.CompletedTask;
    }

    private static OpenApiRequestBody BodyOf(BodyExample example)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.Object };
        if (example.FileField is { } field)
        {
            var file = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
            schema.Properties = new Dictionary<string, IOpenApiSchema> { [field] = file };
        }

        var media = new OpenApiMediaType { Schema = schema, Example = example.Json is { } json ? JsonNode.Parse(json) : null };
        return new() { Content = new Dictionary<string, OpenApiMediaType> { [example.ContentType] = media } };
    }

    /// <summary>Parameters are bound as text, so that a mistake gets an answer that explains it; here they get the type they stand for.</summary>
    private static void SetType(OpenApiParameter parameter)
    {
        if (parameter.Schema is not OpenApiSchema schema) return;
        if (Whole.Contains(parameter.Name)) schema.Type = JsonSchemaType.Integer;
        else if (Flags.Contains(parameter.Name)) schema.Type = JsonSchemaType.Boolean;
    }

    /// <summary>What a route's body looks like.</summary>
    private sealed record BodyExample(string ContentType, string? Json, string? FileField = null);
}
