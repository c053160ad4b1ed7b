namespace Oddity.Server.Api;

/// <summary>A request can't be served, for a reason its sender should know. <see cref="Problems"/> turns it into the answer.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="code">A stable word for programs.</param>
/// <param name="detail">A sentence for people; input only through <see cref="Problem.Echo"/>.</param>
/// <param name="limit">Name of the limit that was hit, null if none was.</param>
internal sealed class ProblemException(int status, string code, string detail, string? limit = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public string? Limit { get; } = limit;

    /// <summary>When trying again may help; null where it cannot.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static ProblemException BadParameter(string name, string detail) =>
        new(StatusCodes.Status400BadRequest, "bad_parameter", $"{name}: {detail}");

    public static ProblemException NotFound(string what) => new(StatusCodes.Status404NotFound, "not_found", what);
}
