namespace Oddity.Connectors.Sources.RemoteWrite;

/// <summary>Why a series' samples may not enter.</summary>
internal sealed record LabelMistake(string Code, string Detail);
