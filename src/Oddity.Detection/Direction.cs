namespace Oddity.Detection;

/// <summary>Which side of the expected value a policy looks at.</summary>
public enum Direction
{
    Both,
    Above,
    Below,
}
