using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using TradingBot.Storage.Export;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Export;

/// <summary>The notebook of the documentation was run from top to bottom, on columns that there are.</summary>
public sealed partial class ExampleNotebookTests
{
    [Fact]
    public void The_notebook_was_run_in_order_without_an_error_and_names_columns_of_the_export()
    {
        string path = Path.Combine(Repository.Root, "docs", "examples", "candles.ipynb");
        using JsonDocument notebook = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement[] code = [.. notebook.RootElement.GetProperty("cells").EnumerateArray()
            .Where(cell => cell.GetProperty("cell_type").GetString() == "code")];
        Assert.True(code.Length >= 5, $"{code.Length} cells");
        Assert.Equal(
            Enumerable.Range(1, code.Length), code.Select(cell => cell.GetProperty("execution_count").GetInt32()));
        Assert.DoesNotContain(
            code.SelectMany(cell => cell.GetProperty("outputs").EnumerateArray()),
            output => output.GetProperty("output_type").GetString() == "error");
        Assert.Equal(code.Length - 1, code.Count(cell => cell.GetProperty("outputs").GetArrayLength() > 0));
        string source = string.Concat(code.SelectMany(cell => cell.GetProperty("source").EnumerateArray())
            .Select(line => line.GetString()));
        string[] known = [.. MarketExport.BarColumns.Select(column => column.Name)];
        string[] named = [.. Column().Matches(source).Select(match => match.Groups["name"].Value).Distinct()];
        Assert.Contains("close", named);
        Assert.All(named, name => Assert.Contains(name, known));
    }

    /// <summary>As in bars["close"], {"open": and index_col="open_time".</summary>
    [GeneratedRegex("""(?:\w\[|index_col=)"(?<name>[a-z_]+)"|"(?<name>[a-z_]+)":""", RegexOptions.ExplicitCapture)]
    private static partial Regex Column();
}
