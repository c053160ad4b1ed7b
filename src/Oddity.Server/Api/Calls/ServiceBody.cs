namespace Oddity.Server.Api.Calls;

/// <summary>A service that spans tell of, with its operations, the most called first.</summary>
internal sealed record ServiceBody(string Service, FiguresBody Figures, IReadOnlyList<ServiceBody.OperationBody> Operations)
{
    /// <summary>One operation.</summary>
    internal sealed record OperationBody(string Operation, FiguresBody Figures);
}
