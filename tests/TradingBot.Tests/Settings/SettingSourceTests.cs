using System;
using System.Collections.Generic;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Settings;

/// <summary>Defaults &lt; file &lt; environment &lt; options, and every value knows where it is from.</summary>
public sealed class SettingSourceTests
{
    private static readonly GivenSetting Option = new(
        "account.id", "of-option", IsList: false, new SettingSource(SettingOrigin.Option, "option --x"));

    [Fact]
    public void Later_beats_earlier_and_says_so()
    {
        const string Yaml = "mode: dry-run\naccount:\n  id: of-file\n";
        Dictionary<string, string> variables = new() { ["tradingbot__Account__ID"] = "of-environment" };
        Check(Configured.Of(null), "simulated", "default");
        using (Configured configured = new())
        {
            Check(configured.Read(Yaml), "of-file", configured.FilePath + ":3");
        }

        Check(Configured.Of(Yaml, variables), "of-environment", "environment tradingbot__Account__ID");
        EffectiveSettings all = Configured.Of(Yaml, variables, Option);
        Check(all, "of-option", "option --x");
        Assert.Equal("dry-run:of-option", all.Settings.Mark);

        static void Check(EffectiveSettings effective, string id, string source)
        {
            Assert.Equal(id, Configured.Sound(effective).EffectiveAccountId);
            Assert.Equal(source, effective.Sources["account.id"].Text);
        }
    }

    [Fact]
    public void A_wrong_value_is_a_fault_though_another_overrides_it() =>
        Assert.Single(Configured.Of("account: {id: '?'}", null, Option).Faults);

    [Fact]
    public void Lists_in_the_environment_have_commas()
    {
        Dictionary<string, string> variables = new() { ["TRADINGBOT__UNIVERSE__ALLOW"] = "BTC/USD, PF_XBTUSD" };
        Assert.Equal(["BTC/USD", "PF_XBTUSD"], Configured.Sound(Configured.Of(null, variables)).Universe);
        variables["TRADINGBOT__UNIVERSE__ALLOW"] = "";
        Assert.Empty(Configured.Sound(Configured.Of("universe: {allow: [PF_XBTUSD]}", variables)).Universe);
    }

    [Fact]
    public void Every_key_has_a_variable()
    {
        foreach (string name in SettingTable.Names)
        {
            string variable = EnvironmentSettings.VariableOf(name);
            Dictionary<string, string> variables = new() { [variable] = "?" };
            SettingFault? fault = Configured.Of(null, variables).Faults is [SettingFault one, ..] ? one : null;
            // A file of that name does not exist, a folder may be called so, and the watchdog's key is read by the
            // watchdog alone.
            bool takesAll = name is "storage.url" or "capture.folder" or "universe.file"
                || name.StartsWith("watchdog.api", StringComparison.Ordinal);
            if (!takesAll) Assert.Equal(name, fault?.Key);
        }
    }

    [Fact]
    public void Two_variables_of_one_key_are_refused()
    {
        Dictionary<string, string> variables = new() { ["TRADINGBOT__MODE"] = "paper", ["TRADINGBOT__mode"] = "paper" };
        SettingFault fault = Assert.Single(Configured.Of(null, variables).Faults);
        Assert.Contains("given by TRADINGBOT__MODE too", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_variable_names_the_file_unless_the_option_does_and_no_file_is_looked_for()
    {
        using Configured configured = new();
        configured.Read("account: {id: of-file}");
        Dictionary<string, string> variables = new() { [EffectiveSettings.FileVariable] = configured.FilePath };
        Assert.Equal("of-file", EffectiveSettings.Read(null, variables, []).Settings.EffectiveAccountId);
        variables[EffectiveSettings.FileVariable] = "/nowhere/x.yaml";
        Assert.Equal("of-file", EffectiveSettings.Read(configured.FilePath, variables, []).Settings.EffectiveAccountId);
        string fault = Assert.Single(EffectiveSettings.Read(null, variables, []).Faults).Text;
        Assert.StartsWith("/nowhere/x.yaml (named by TRADINGBOT_CONFIG): there is no", fault, StringComparison.Ordinal);
    }
}
