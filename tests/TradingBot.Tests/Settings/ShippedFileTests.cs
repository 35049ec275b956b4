using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TradingBot.Signals;
using TradingBot.Tests.Support;
using TradingBot.Trading;
using TradingBot.Trading.Risk;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Settings;

/// <summary>config/tradingbot.yaml, the reader and the code agree on every key and every default.</summary>
public sealed class ShippedFileTests
{
    private static readonly string FilePath = Path.Combine(Repository.Root, "config", "tradingbot.yaml");

    [Fact]
    public void The_shipped_file_holds_every_key_with_its_default()
    {
        List<SettingFault> faults = [];
        IReadOnlyList<GivenSetting> given = YamlFile.Read("shipped", File.ReadAllText(FilePath), faults);
        Assert.Empty(faults);
        Assert.Equal(
            SettingTable.Keys.Select(key => (key.Name, key.Default)).Order(),
            given.Select(one => (one.Key, one.Text)).Order());
    }

    [Fact]
    public void Without_a_file_the_worker_is_what_the_shipped_file_makes_it()
    {
        EffectiveSettings shipped = EffectiveSettings.Read(FilePath, new Dictionary<string, string>(), []);
        EffectiveSettings none = EffectiveSettings.Read(null, new Dictionary<string, string>(), []);
        WorkerSettings settings = Configured.Sound(shipped);
        Assert.Equal(Configured.Sound(none).Limits, settings.Limits);
        foreach (SettingKey key in SettingTable.Keys)
        {
            Assert.Equal(key.Show(none.Settings), key.Show(settings));
        }

        // And both are what the rooms below have as their own defaults.
        Assert.Equal(new RiskLimits(), settings.Limits);
        WorkerSettings kraken = settings with { Venue = settings.Venue with { Kind = VenueKind.Kraken } };
        ProtectionOptions own = new() { DayLossMax = WorkerSettings.DayLossMaxKraken };
        ProtectionOptions effective = kraken.EffectiveProtection;
        Assert.Equal<TargetStep>(own.Targets, effective.Targets);
        Assert.Equal(
            own with { TradablePrefix = default, Targets = default },
            effective with { TradablePrefix = default, Targets = default });
        Assert.Equal(new RiskLimits(), kraken.EffectiveLimits);
        Assert.Equal(new FlowMomentumOptions(), kraken.EffectiveStrategy);
        Assert.Equal(WorkerSettings.StopDistancePpmSimulated, settings.EffectiveProtection.StopDistancePpm);
    }

    [Fact]
    public void The_shipped_file_gives_nothing_that_is_without_effect() =>
        Assert.Empty(EffectiveSettings.Read(FilePath, new Dictionary<string, string>(), []).Notices);

    [Fact]
    public void Keys_are_lower_case_and_none_is_a_section_of_another()
    {
        Assert.All(SettingTable.Names, name => Assert.Matches("^[a-z0-9_]+(\\.[a-z0-9_]+)*$", name));
        Assert.All(SettingTable.Names, name => Assert.False(SettingTable.IsSection(name), name));
        Assert.Equal(SettingTable.Names.Count(), SettingTable.Names.Distinct().Count());
    }
}
