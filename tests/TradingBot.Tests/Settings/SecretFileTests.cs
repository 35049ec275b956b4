using System;
using System.IO;
using System.Threading.Tasks;
using TradingBot.Worker.Circle;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Settings;

/// <summary>Secrets come from files that nobody else may read, and are shown nowhere.</summary>
public sealed class SecretFileTests
{
    [Theory]
    [InlineData("", false, "is empty")]
    [InlineData("\n", false, "is empty")]
    [InlineData("two\nlines\n", false, "one line")]
    [InlineData("with space", false, "one line")]
    [InlineData("not*base64", true, "base64")]
    public void A_file_without_a_key_is_refused(string content, bool isBase64, string words)
    {
        using Configured configured = new();
        Assert.Null(SecretFile.Read(configured.Write("key", content), isBase64, out string fault));
        Assert.Contains(words, fault, StringComparison.Ordinal);
        if (content.Trim().Length > 0) Assert.DoesNotContain(content.Trim(), fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherExecute)]
    public void A_file_that_others_may_touch_is_refused_with_the_remedy(UnixFileMode more)
    {
        using Configured configured = new();
        string path = configured.Write("key", Configured.ApiKey, UnixFileMode.UserRead | more);
        Assert.Null(SecretFile.Read(path, isBase64: false, out string fault));
        Assert.Contains("chmod 400", fault, StringComparison.Ordinal);
        string link = Path.Combine(configured.Folder, "link");
        File.CreateSymbolicLink(link, path);
        Assert.Null(SecretFile.Read(link, isBase64: false, out _));
    }

    [Fact]
    public void A_link_to_a_good_file_and_a_file_inside_a_repository_are_refused()
    {
        using Configured configured = new();
        string path = configured.Write("key", Configured.ApiKey, UnixFileMode.UserRead);
        Assert.NotNull(SecretFile.Read(path, isBase64: false, out _));
        string link = Path.Combine(configured.Folder, "link");
        File.CreateSymbolicLink(link, path);
        Assert.Null(SecretFile.Read(link, isBase64: false, out string linked));
        Assert.Contains("symbolic link", linked, StringComparison.Ordinal);

        Directory.CreateDirectory(Path.Combine(configured.Folder, ".git"));
        Assert.Null(SecretFile.Read(path, isBase64: false, out string shared));
        Assert.Contains("inside the git repository", shared, StringComparison.Ordinal);
        Assert.DoesNotContain(Configured.ApiKey[..10], linked + shared, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_another_user_is_refused()
    {
        using Configured configured = new();
        string path = configured.Write("key", Configured.ApiKey, UnixFileMode.UserRead);
        await Support.Verb.NeedAsync("chown", "65534", path);
        Assert.Null(SecretFile.Read(path, isBase64: false, out string fault));
        // The superuser may open it all the same; everybody else may not even do that.
        Assert.True(
            fault.Contains("belongs to another user", StringComparison.Ordinal)
            || fault.Contains("cannot be read", StringComparison.Ordinal), fault);
    }

    [Fact]
    public void A_credential_of_systemd_and_with_a_warning_a_variable_hold_a_key()
    {
        using Configured configured = new();
        configured.Write("kraken", Configured.ApiKey, UnixFileMode.UserRead);
        Assert.Null(SecretFile.Read("credential:kraken", isBase64: false, out string none));
        Assert.Contains("CREDENTIALS_DIRECTORY", none, StringComparison.Ordinal);
        Assert.Null(SecretFile.Read("env:TRADINGBOT_TEST_KEY", isBase64: false, out string unset));
        Assert.Contains("no variable", unset, StringComparison.Ordinal);
        try
        {
            Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", configured.Folder);
            Environment.SetEnvironmentVariable("TRADINGBOT_TEST_KEY", Configured.ApiKey);
            SecretFile? read = SecretFile.Read("credential:kraken", isBase64: false, out string fault);
            Assert.Equal(("", Configured.ApiKey, false), (fault, read!.Value.Reveal(), read.IsExposed));
            Assert.Null(SecretFile.Read("credential:../key", isBase64: false, out _));
            read = SecretFile.Read("env:TRADINGBOT_TEST_KEY", isBase64: false, out fault);
            Assert.Equal(("", Configured.ApiKey, true), (fault, read!.Value.Reveal(), read.IsExposed));
            string notices = string.Join('\n', configured.Read(
                $"venue: {{spot: {{api_key_file: 'env:TRADINGBOT_TEST_KEY', api_secret_file: {Secret(configured)}}}}}")
                .Notices);
            Assert.Contains("WARNING", notices, StringComparison.Ordinal);
            Assert.DoesNotContain(Configured.ApiKey[..10], notices, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", null);
            Environment.SetEnvironmentVariable("TRADINGBOT_TEST_KEY", null);
        }
    }

    [Fact]
    public void The_line_end_is_not_part_of_the_key()
    {
        using Configured configured = new();
        SecretFile? read = SecretFile.Read(configured.Write("key", "abcd\r\n"), isBase64: true, out string fault);
        Assert.Equal(("", "abcd", 4), (fault, read!.Value.Reveal(), read.Bytes));
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_told()
    {
        using Configured configured = new();
        Assert.Null(SecretFile.Read(configured.Folder + "/none", isBase64: false, out string missing));
        Assert.Contains("there is no file", missing, StringComparison.Ordinal);
        Assert.Null(SecretFile.Read(configured.Folder, isBase64: false, out string folder));
        Assert.Contains("cannot be read", folder, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("venue: {spot: {api_key: SECRET}}", "secrets come from files")]
    [InlineData("api_secret: SECRET", "secrets come from files")]
    [InlineData("venue: {spot: {api_secret_file: SECRET}}", "withheld")]
    [InlineData("venue: {spot: {rest_url: 'https://SECRET@x.com'}}", "rest_url")]
    [InlineData("venue: {spot: {api_key_filee: SECRET}}", "unknown key")]
    [InlineData("mode: SECRET", "withheld")]
    public void A_secret_in_the_wrong_place_is_not_repeated(string yaml, string words)
    {
        string secret = Configured.PrivateKey;
        string pasted = yaml.Replace("SECRET", secret, StringComparison.Ordinal);
        string faults = string.Join('\n', Configured.FaultsOf(pasted));
        Assert.Contains(words, faults, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[..20], faults, StringComparison.Ordinal);
        string[] variables = Configured.FaultsOf(
            "mode: paper", new() { ["TRADINGBOT__VENUE__SPOT__API_KEY"] = secret });
        Assert.Contains("secrets come from files", Assert.Single(variables), StringComparison.Ordinal);
        Assert.DoesNotContain(secret[..20], variables[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_configuration_is_shown_without_its_secrets(bool json)
    {
        using Configured configured = new();
        string key = configured.Write("k", Configured.ApiKey + "\n");
        string secret = configured.Write("s", Configured.PrivateKey + "\n");
        string yaml = $"venue: {{spot: {{api_key_file: {key}, api_secret_file: {secret}}}}}";
        EffectiveSettings effective = configured.Read(yaml);
        string[] arguments = ["config", "--config", configured.FilePath];
        (int code, string output, string error) =
            await Configured.InvokeAsync(json ? [.. arguments, "--json"] : arguments);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"(file {key}, {Configured.ApiKey.Length} bytes)", output, StringComparison.Ordinal);
        string everything = output + effective.Settings + effective + RunComposition.OptionsOf(effective.Settings)
            + RunComposition.OptionsOf(effective.Settings).Venue;
        Assert.DoesNotContain(Configured.ApiKey[..20], everything, StringComparison.Ordinal);
        Assert.DoesNotContain(Configured.PrivateKey[..20], everything, StringComparison.Ordinal);
        Assert.Equal(Configured.PrivateKey, RunComposition.OptionsOf(effective.Settings).ApiSecret.Reveal());
    }

    private static string Secret(Configured configured) =>
        configured.Write("s", Configured.PrivateKey, UnixFileMode.UserRead);
}
