using System.Net;
using Oddity.Server.Security;

namespace Oddity.Server.Tests;

public sealed class SecurityUnitTests
{
    [Fact]
    public void A_password_fits_its_own_hash_only_and_no_two_hashes_are_alike()
    {
        string hash = Passwords.Hash("correct horse");

        hash.ShouldStartWith("pbkdf2-sha256$600000$");
        hash.ShouldNotBe(Passwords.Hash("correct horse"));
        Passwords.Verify("correct horse", hash).ShouldBeTrue();
        Passwords.Verify("Correct horse", hash).ShouldBeFalse();
        Passwords.Verify("correct horse", null).ShouldBeFalse();
    }

    [Fact]
    public void Secrets_are_256_random_bits() => Secrets.Create("odd_").Length.ShouldBe(4 + 43);

    [Fact]
    public void The_wait_doubles_with_every_failure_up_to_a_minute_for_an_account()
    {
        var time = new ManualTime();
        var throttle = new LoginThrottle(time);
        var waits = new List<double>();
        for (int attempt = 0; waits.Count < 9; attempt++)
        {
            // Each attempt from another address, so that only the account counts.
            if (throttle.Begin("ada", $"192.0.2.{attempt}") is not { } wait) continue;
            waits.Add(wait.TotalSeconds);
            time.Advance(wait);
        }

        waits.ShouldBe([1, 2, 4, 8, 16, 32, 60, 60, 60]);
        throttle.Begin("somebody else", "192.0.2.200").ShouldBeNull();
    }

    [Fact]
    public void One_address_is_slowed_whatever_accounts_it_tries()
    {
        var throttle = new LoginThrottle(new ManualTime());
        for (int account = 0; account < 20; account++) throttle.Begin($"account {account}", "192.0.2.1").ShouldBeNull();

        throttle.Begin("another", "192.0.2.1").ShouldNotBeNull();
        throttle.Begin("another", "192.0.2.2").ShouldBeNull();
    }

    [Fact]
    public void Who_signs_in_well_is_never_slowed()
    {
        var throttle = new LoginThrottle(new ManualTime());
        for (int attempt = 0; attempt < 100; attempt++)
        {
            throttle.Begin("ada", "192.0.2.1").ShouldBeNull();
            throttle.Succeeded("ada", "192.0.2.1");
        }
    }

    [Fact]
    public void Strangers_with_ever_new_names_cost_bounded_memory()
    {
        var throttle = new LoginThrottle(new ManualTime());
        for (int attempt = 0; attempt < 30_000; attempt++) throttle.Begin($"name {attempt}", $"address {attempt}");

        throttle.Keys.ShouldBeLessThanOrEqualTo(10_001);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("::1", "::1")]
    public void Attempts_count_for_what_one_customer_holds(string address, string counted) => ClientAddress.Of(IPAddress.Parse(address)).ShouldBe(counted);
}
