namespace Oddity.Server.Api.Calls;

/// <summary>Who calls whom, over a stretch of time.</summary>
internal sealed record TopologyBody(string Start, string End, IReadOnlyList<TopologyBody.Node> Nodes, IReadOnlyList<TopologyBody.Edge> Edges)
{
    /// <summary>A service, or a peer that tells nothing of itself (type <c>peer</c>): a database, a queue, a foreign server.</summary>
    internal sealed record Node(string Name, string Type, FiguresBody Figures);

    /// <summary>Calls from one to the other.</summary>
    internal sealed record Edge(string From, string To, FiguresBody Figures);
}
