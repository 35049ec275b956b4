using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using TradingBot.Market.Values;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Settings;

/// <summary>What cannot be used is told with key, line, value and what is allowed, all of it at once.</summary>
public sealed class SettingFaultTests
{
    [Theory]
    [InlineData("risk:\n  order_notionl: 5", "tradingbot.yaml:2: risk.order_notionl", "is risk.order_notional")]
    [InlineData("rsk:\n  order_notional: 5", "tradingbot.yaml:1: rsk", "valid name is risk")]
    [InlineData("order_notional: 5", "tradingbot.yaml:1: order_notional", "valid name is risk.order_notional")]
    [InlineData("protection: {stop_distance: 5}", "protection.stop_distance", "protection.stop_distance_ppm")]
    [InlineData("venue:\n  Kind: kraken", "venue.Kind", "valid name is venue.kind")]
    [InlineData("mode: papr", "tradingbot.yaml:1: mode: 'papr'", "paper, dry-run or live")]
    [InlineData("mode:", "mode", "no value")]
    [InlineData("mode: ''", "mode", "no value")]
    [InlineData("mode: [paper]", "mode", "not a list")]
    [InlineData("mode: {a: b}", "mode", "not a section")]
    [InlineData("risk: 5", "risk", "this is a section")]
    [InlineData("universe:\n  allow: BTC/USD", "universe.allow", "this is a list")]
    [InlineData("universe:\n  allow:\n  - BTC/USD\n  - [x]", "tradingbot.yaml:4: universe.allow", "one text")]
    [InlineData("universe: {allow: [XBT/USD]}", "'XBT/USD'", "not XBT")]
    [InlineData("universe: {allow: [BTC/USD, BTC/USD]}", "'BTC/USD,BTC/USD'", "different symbols")]
    [InlineData("universe: {allow: ['BTC/USD\"]']}", "universe.allow", "is not allowed")]
    [InlineData("risk: {order_notional: 1e2}", "risk.order_notional: '1e2'", "as 100 or 99.5")]
    [InlineData("risk: {order_notional: 0}", "risk.order_notional: '0'", "above 0")]
    [InlineData("risk: {order_notional: -1}", "'-1'", "above 0")]
    [InlineData("risk: {order_notional: 1.123456789}", "'1.123456789'", "at most 8 decimals")]
    [InlineData("risk: {order_notional: \"50\\n\"}", "risk.order_notional", "is not allowed")]
    [InlineData("risk: {price_collar_ppm: 500001}", "'500001'", "from 1 to 500000")]
    [InlineData("risk: {price_collar_ppm: 010}", "'010'", "a whole number")]
    [InlineData("risk: {price_collar_ppm: +5}", "'+5'", "a whole number")]
    [InlineData("venue: {simulated: {seed: 18446744073709551616}}", "seed", "18446744073709551615")]
    [InlineData("protection: {take_profit: yes}", "'yes'", "true or false")]
    [InlineData("account: {id: 'a b'}", "account.id", "letters, digits")]
    [InlineData("admin: {listen: 0.0.0.0:8080}", "'0.0.0.0:8080'", "SSH tunnel")]
    [InlineData("admin: {listen: '8080'}", "'8080'", "and a port")]
    [InlineData("admin: {listen: 127.0.0.1}", "admin.listen", "and a port")]
    [InlineData("admin: {listen: 127.0.0.1:99999}", "admin.listen", "and a port")]
    [InlineData("storage: {url: 'postgres://u:word@h'}", "'postgres://***@h'", "sqlite:FILE")]
    [InlineData("storage: {url: 'postgresql://u:word@h/d?sslmod=require'}", "'postgresql://***@h/d?sslmod", "sslmode=")]
    [InlineData("storage: {url: 'Host=h;Username=u;Database=d;Passwort=word'}", "Host=h;Username=u", "Host=…")]
    [InlineData("storage: {url: 'Host=h;Username=u;Password=word'}", "Password=***'", "Database=…")]
    [InlineData("storage: {url: 'file://host/x'}", "storage.url", "file:FOLDER")]
    [InlineData("venue: {kind: kraken, spot: {rest_url: 'http://api.kraken.com'}}", "rest_url", "only on this machine")]
    [InlineData("venue: {kind: kraken, spot: {rest_url: 'https://api.kraken.com/0'}}", "rest_url", "without a path")]
    [InlineData("venue: {kind: kraken, spot: {ws_public_url: 'https://ws.kraken.com'}}", "ws_public_url", "wss://")]
    [InlineData("venue: {kind: kraken, spot: {ws_private_url: 'https://x'}}", "venue.spot.ws_private_url", "wss://")]
    [InlineData("venue: {spot: {ws_private_url: wss://x.kraken.com}}", "venue.spot.ws_private_url", "not of this mach")]
    [InlineData("venue: {kind: kraken, derivatives: {rest_url: wss://x}}", "rest_url", "/derivatives/api/v3")]
    [InlineData("venue: {derivatives: {rest_url: https://x.kraken.com}}", "derivatives.rest_url", "not of this mach")]
    [InlineData("venue: {kind: kraken, spot: {rest_url: 'https://x.org'}}", "'https://x.org'", "of kraken.com")]
    [InlineData("venue: {kind: kraken, spot: {rest_url: 'https://notkraken.com'}}", "rest_url", "of kraken.com")]
    [InlineData("venue: {kind: kraken, spot: {rest_url: 'https://kraken.com.org'}}", "rest_url", "of kraken.com")]
    [InlineData("venue: {kind: kraken, unified: {public_url: 'wss://10.0.0.7/v2'}}", "public_url", "of kraken.com")]
    [InlineData("venue: {derivatives: {ws_url: 'ws://x'}}", "venue.derivatives.ws_url", "only on this machine")]
    [InlineData("venue: {derivatives: {lane: old}}", "venue.derivatives.lane: 'old'", "unified, or legacy")]
    [InlineData("venue: {kind: kraken, derivatives: {lane: legacy}}", "venue.derivatives.lane:", "on this machine")]
    [InlineData("mode: paper\nmode: paper", "tradingbot.yaml:2: mode", "stands twice")]
    [InlineData("mode: &a paper", "tradingbot.yaml:1: mode", "an anchor")]
    [InlineData("mode: !!str paper", "mode", "a tag")]
    [InlineData("mode: *a", "mode", "an alias")]
    [InlineData("risk:\n  <<: {a: b}", "risk", "merged sections")]
    [InlineData("? [a]\n: b", "tradingbot.yaml:1", "plain name")]
    [InlineData("venue:\n\tkind: kraken", "tradingbot.yaml:2", "a tab")]
    [InlineData("mode: \"paper", "tradingbot.yaml:1", "not YAML")]
    [InlineData("a: b: c", "tradingbot.yaml:1", "not YAML")]
    [InlineData("mode: paper\n---\nmode: live", "tradingbot.yaml:2", "second document")]
    [InlineData("", "tradingbot.yaml:1", "is empty")]
    [InlineData("# nothing\n", "tradingbot.yaml:1", "is empty")]
    [InlineData("- mode", "tradingbot.yaml:1", "sections and keys")]
    [InlineData("paper", "tradingbot.yaml:1", "sections and keys")]
    public void A_fault_names_its_place_and_what_to_do(string yaml, string place, string remedy)
    {
        string fault = Configured.FaultOf(yaml);
        Assert.Contains(place, fault, StringComparison.Ordinal);
        Assert.Contains(remedy, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_in_one_go_in_the_order_of_lines()
    {
        const string Yaml =
            "mode: papr\nvenue:\n  kind: krakn\nrisk: &r\n  order_notional: x\n  odd: 1\nprotection: *r\n";
        Dictionary<string, string> variables = new()
        {
            ["TRADINGBOT__RISK__ODD"] = "1",
            ["TRADINGBOT_UNRELATED"] = "1",
            ["TRADINGBOT__MODE"] = "",
        };
        string[] faults = Configured.FaultsOf(Yaml, variables);
        string[] places =
        [
            "tradingbot.yaml:1: mode", "tradingbot.yaml:3: venue.kind", "tradingbot.yaml:4: risk",
            "tradingbot.yaml:5: risk.order_notional", "tradingbot.yaml:6: risk.odd", "tradingbot.yaml:7: protection",
            "environment TRADINGBOT__MODE: mode", "environment TRADINGBOT__RISK__ODD: risk.odd",
        ];
        Assert.Equal(places.Length, faults.Length);
        Assert.All(places.Zip(faults), one => Assert.StartsWith(one.First, one.Second, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("risk: {order_notional: 400}", "risk.position_notional_max", "less than risk.order_notional")]
    [InlineData("risk: {total_notional_max: 200}", "risk.total_notional_max", "less than risk.position_notional")]
    [InlineData(
        "risk: {orders_per_window_max: 100, order_time_to_live_ms: 60000}", "risk.orders_per_window", "6200 orders")]
    [InlineData("venue: {spot: {rest_url: 'http://127.0.0.1:1'}}", "rest_url", "missing: venue.spot.ws_public_url")]
    [InlineData(
        "{risk: {day_loss_max: 0.15}, protection: {stop_distance_ppm: 500}}", "risk.day_loss_max", "one stop of")]
    [InlineData("protection: {trail_atr_percent: 150}", "protection.trail_atr_percent", "closes everything")]
    [InlineData(
        "protection: {stop_grace_ms: 20000, close_after_ms: 10000}", "protection.close_after_ms", "before the ladder")]
    [InlineData("risk: {drawdown_warn: 50, drawdown_halt: 50}", "risk.drawdown_halt", "should come first")]
    [InlineData("risk: {day_loss_max: 60, drawdown_halt: 50}", "risk.drawdown_halt", "no day could reach")]
    [InlineData("risk: {same_side_max: 11}", "risk.same_side_max", "reached first")]
    public void What_contradicts_itself_is_refused(string yaml, string key, string words)
    {
        string fault = Configured.FaultOf(yaml);
        Assert.Contains(key, fault, StringComparison.Ordinal);
        Assert.Contains(words, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_simulated_venue_elsewhere_is_of_this_machine_and_takes_no_seed()
    {
        const string Yaml = "venue:\n  simulated: {seed: 5}\n  spot: {rest_url: 'https://api.kraken.com', "
            + "ws_public_url: 'ws://[::1]:2/v2'}\n"
            + "  unified: {public_url: 'ws://localhost:2/a', private_url: 'wss://127.0.0.1/b'}\n";
        string[] faults = Configured.FaultsOf(Yaml);
        Assert.Equal(2, faults.Length);
        Assert.Contains("venue.simulated.seed: it has no effect", faults[0], StringComparison.Ordinal);
        Assert.Contains("not of this machine", faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_the_legacy_lane_are_checked_like_the_others()
    {
        string[] faults = Configured.FaultsOf("venue: {derivatives: {api_key_file: x}}");
        Assert.Equal(2, faults.Length);
        Assert.Contains("no use without venue.derivatives.api_secret_file", faults[0], StringComparison.Ordinal);
        Assert.Contains("there is no file 'x'", faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Live_needs_an_account_and_keys_and_is_not_built_for_Kraken_itself()
    {
        string[] faults = Configured.FaultsOf("mode: live\nvenue: {kind: kraken}");
        Assert.Equal(4, faults.Length);
        string all = string.Join('\n', faults);
        foreach (string words in (string[])["account.id", "api_key_file", "api_secret_file", "this is missing"])
        {
            Assert.Contains(words, all, StringComparison.Ordinal);
        }

        using Configured configured = new();
        string key = configured.Write("k", Configured.ApiKey);
        string secret = configured.Write("s", Configured.PrivateKey);
        string yaml = "mode: live\naccount: {id: main}\n"
            + $"venue: {{spot: {{api_key_file: {key}, api_secret_file: {secret}}}}}";
        WorkerSettings rehearsal = Configured.Sound(configured.Read(yaml));
        Assert.Equal("live:main", rehearsal.Mark);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("0.00000001", "0.00000001")]
    [InlineData("99.50", "99.5")]
    [InlineData("123456789012.12345678", "123456789012.12345678")]
    public void Money_is_exact(string text, string shown)
    {
        SettingKey key = SettingTable.Find("risk.total_notional_max")!;
        WorkerSettings settings = key.Read(new WorkerSettings(), text)!;
        Assert.Equal(shown, key.Show(settings));
        Int128 units = Int128.Parse(
            decimal.Parse(text, CultureInfo.InvariantCulture).ToString("F8", CultureInfo.InvariantCulture)
                .Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        Assert.Equal(new Notional(units), settings.Limits.TotalNotionalMax);
    }

    [Theory]
    [InlineData("data", "data", null)]
    [InlineData("/var/lib/x", "/var/lib/x", null)]
    [InlineData("file:data", "data", null)]
    [InlineData("file:///var/lib/x", "/var/lib/x", null)]
    [InlineData("sqlite:bot.db", ".", "bot.db")]
    [InlineData("sqlite:data/bot.db", "data", "data/bot.db")]
    [InlineData("SQLITE:///var/lib/bot.db", "/var/lib", "/var/lib/bot.db")]
    public void Storage_is_a_folder_or_a_database_file(string text, string folder, string? file) =>
        Assert.Equal(new StorageAddress(folder, file), StorageAddress.Read(text));
}
