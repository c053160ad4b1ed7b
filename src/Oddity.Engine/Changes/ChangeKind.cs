namespace Oddity.Engine.Changes;

/// <summary>The kinds of changes, as the API spells them, and the words that others use for them.</summary>
public static class ChangeKind
{
    public const string Deployment = "deployment", Configuration = "configuration", FeatureFlag = "feature_flag", Other = "other";

    /// <summary>All of them, for messages.</summary>
    public const string All = $"{Deployment}, {Configuration}, {FeatureFlag}, {Other}";

    /// <summary>The kind that a word stands for, any case; null if none.</summary>
    public static string? Parse(string word) => word.Trim().ToUpperInvariant().Replace('-', '_').Replace(' ', '_') switch
    {
        "DEPLOYMENT" or "DEPLOY" or "RELEASE" or "ROLLOUT" or "ROLLBACK" => Deployment,
        "CONFIGURATION" or "CONFIG" or "SETTING" or "SETTINGS" => Configuration,
        "FEATURE_FLAG" or "FEATURE" or "FLAG" => FeatureFlag,
        "OTHER" or "EVENT" => Other,
        _ => null,
    };
}
