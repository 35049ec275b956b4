using System;
using System.IO;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Export;

/// <summary>The verbs <c>import</c>, <c>rebuild</c> and <c>export</c> as processes. What others read of a Parquet file
/// is checked by tests/parquet.</summary>
public sealed class ExportVerbTests : IDisposable
{
    private const string Header = "open_time,open,high,low,close,volume,count,source,complete\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("tradingbot-export").FullName;

    private string Db => Path.Combine(_folder, "candles.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Bars_come_out_as_they_went_in_in_every_format()
    {
        string csv = Path.Combine(_folder, "XBTUSD_60.csv");
        File.WriteAllText(
            csv, "1609459200,100.50,101,99.9,100,1.50000000,3\n1609462800,100,100,100,100,2,1\n");
        (int code, string output, string error) = await Verb.RunAsync(
            "import", "ohlcvt", csv, "--symbol", "BTC/USD", "--db", Db, "--json");
        Assert.True(code == 0, error);
        using (JsonDocument json = JsonDocument.Parse(output))
        {
            JsonElement file = json.RootElement.GetProperty("files")[0];
            Assert.Equal("1h", file.GetProperty("timeframe").GetString());
            Assert.Equal(2, file.GetProperty("written").GetInt64());
        }

        const string Rows = Header + "2021-01-01T00:00:00Z,100.5,101,99.9,100,1.5,3,import,true\n"
            + "2021-01-01T01:00:00Z,100,100,100,100,2,1,import,false\n";
        Assert.Equal(Rows, await ExportAsync("candles", "-"));
        string file1 = Path.Combine(_folder, "out.csv.gz");
        await ExportAsync("candles", file1);
        using (StreamReader text = new(new GZipStream(File.OpenRead(file1), CompressionMode.Decompress)))
        {
            Assert.Equal(Rows, await text.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        string file2 = Path.Combine(_folder, "out.jsonl");
        await ExportAsync("candles", file2);
        Assert.StartsWith(
            "{\"open_time\":\"2021-01-01T00:00:00Z\",\"open\":\"100.5\",\"high\":\"101\",\"low\":\"99.9\","
            + "\"close\":\"100\",\"volume\":\"1.5\",\"count\":3,\"source\":\"import\",\"complete\":true}\n{",
            File.ReadAllText(file2), StringComparison.Ordinal);
        string file3 = Path.Combine(_folder, "out.parquet");
        await ExportAsync("candles", file3);
        byte[] bytes = File.ReadAllBytes(file3);
        Assert.Equal("PAR1", Encoding.ASCII.GetString(bytes[..4]));
        Assert.Equal("PAR1", Encoding.ASCII.GetString(bytes[^4..]));
        Assert.False(File.Exists(file3 + ".part"));
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_with_the_remedy_and_leaves_no_file()
    {
        string missing = Path.Combine(_folder, "none.csv");
        (int code, _, string error) = await Verb.RunAsync(
            "export", "candles", "--symbol", "BTC/USD", "--timeframe", "1h", "--db", Db, "--out", missing);
        Assert.Equal(4, code);
        Assert.Contains("is not there", error, StringComparison.Ordinal);
        string csv = Path.Combine(_folder, "XBTUSD_60.csv");
        File.WriteAllText(csv, "1609459200,1,1,1,1,1,1\nbroken\n");
        (code, _, error) = await Verb.RunAsync("import", "ohlcvt", csv, "--symbol", "BTC/USD", "--db", Db);
        Assert.Equal(5, code);
        Assert.Contains("line 2", error, StringComparison.Ordinal);
        (code, _, error) = await Verb.RunAsync(
            "export", "candles", "--symbol", "BTC/USD", "--timeframe", "1d", "--db", Db, "--out", missing);
        Assert.Equal(2, code);
        Assert.Contains("there is: 1h import", error, StringComparison.Ordinal);
        Assert.False(File.Exists(missing));
        (code, _, error) = await Verb.RunAsync(
            "export", "candles", "--symbol", "BTC/USD", "--db", Db, "--out", "a.xlsx");
        Assert.Equal(2, code);
        Assert.Contains(".parquet", error, StringComparison.Ordinal);
        (code, _, error) = await Verb.RunAsync("import", "trades", csv, "--symbol", "BTC/USD", "--timeframe", "1h");
        Assert.Equal(2, code);
        Assert.Contains("rebuild --from trades", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_of_an_address_is_never_printed()
    {
        const string Url = "postgresql://bot:swordfish@127.0.0.1:1/market?connect_timeout=1";
        (int code, string output, string error) = await Verb.RunAsync(
            "migrate", "--db", Url, "--mark", "paper", "--account", "a", "--json");
        Assert.Equal(4, code);
        Assert.Contains("postgresql://bot@127.0.0.1:1/market", error, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", output + error, StringComparison.Ordinal);
        (code, output, error) = await Verb.RunAsync(
            "migrate", "--db", Url + "&x=1", "--mark", "paper", "--account", "a");
        Assert.Equal(2, code);
        Assert.Contains("its parameter 'x' is not known", error, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", output + error, StringComparison.Ordinal);
    }

    private async Task<string> ExportAsync(string what, string path)
    {
        (int code, string output, string error) = await Verb.RunAsync(
            "export", what, "--symbol", "BTC/USD", "--timeframe", "1h", "--db", Db, "--out", path);
        Assert.True(code == 0, error);
        return output;
    }
}
