using System;
using System.Collections.Generic;
using TradingBot.Storage.Database;
using TradingBot.Worker.Settings;
using Xunit;

namespace TradingBot.Tests.Settings;

/// <summary>Addresses of a PostgreSQL database: both forms, from file and environment, and never a password.</summary>
public sealed class DatabaseAddressTests
{
    private const string Url = "postgres://bot:s%40cret@db.example:25060/market?sslmode=require";

    [Fact]
    public void The_environments_database_beats_the_file_and_keeps_its_folder_and_our_own_variable_beats_both()
    {
        Dictionary<string, string> variables = new() { ["DATABASE_URL"] = Url };
        EffectiveSettings effective = Configured.Of("storage: {url: state-folder}", variables);
        WorkerSettings settings = Configured.Sound(effective);
        Assert.Equal("environment DATABASE_URL", effective.Sources["storage.url"].Text);
        Assert.Equal("state-folder", settings.Storage.Folder);
        Assert.True(settings.Storage.State.IsServer && settings.Storage.History.IsServer);
        string shown = SettingTable.Find("storage.url")!.Show(settings) + settings + effective;
        Assert.Contains("postgresql://bot@db.example:25060/market", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("s@cret", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("s%40cret", shown, StringComparison.Ordinal);
        variables["TRADINGBOT__STORAGE__URL"] = "own";
        settings = Configured.Sound(Configured.Of("storage: {url: state-folder}", variables));
        Assert.Equal(("own", null), (settings.Storage.Folder, settings.Storage.Server));
    }

    [Theory]
    [InlineData(Url, "postgresql://bot@db.example:25060/market")]
    [InlineData("postgresql://bot:x@[::1]/m?schema=paper_2", "postgresql://bot@[::1]:5432/m?schema=paper_2")]
    [InlineData("Host=db;Username=bot;Password='a;b=c';Database=m;SSL Mode=VerifyFull", "postgresql://bot@db:5432/m")]
    [InlineData("Host=/var/run/postgresql;Username=bot;Database=m", "postgresql://bot@[/var/run/postgresql]:5432/m")]
    public void Both_forms_are_read(string text, string shown)
    {
        StorePlace? place = StorePlace.Read(text, out string error);
        Assert.Equal("", error);
        Assert.Equal(shown, place!.Text);
    }

    [Theory]
    [InlineData("postgresql://bot@db/", "names no database")]
    [InlineData("postgresql://db/m", "names no user")]
    [InlineData("postgresql://bot@db/m?sslmod=require", "'sslmod' is not known")]
    [InlineData("postgresql://bot@db/m?schema=A-b", "search path")]
    [InlineData("Host=db;Database=m;Username=u;Nonsense=1", "cannot be read")]
    [InlineData("postgresql://bot@db:port/m", "cannot be read")]
    public void What_is_wrong_with_an_address_is_told(string text, string words)
    {
        Assert.Null(StorePlace.Read(text, out string error));
        Assert.Contains(words, error, StringComparison.Ordinal);
    }
}
