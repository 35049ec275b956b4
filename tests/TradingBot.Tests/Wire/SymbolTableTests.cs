using System;
using System.Collections.Generic;
using System.Text;
using TradingBot.Market.Values;
using TradingBot.Market.Wire;
using Xunit;

namespace TradingBot.Tests.Wire;

public sealed class SymbolTableTests
{
    [Fact]
    public void Ids_count_up_by_first_appearance_and_keep_their_meaning()
    {
        SymbolTable table = new();
        Dictionary<(Dialect, string), int> ids = [];
        Dialect[] dialects = [Dialect.SpotV2, Dialect.Unified, Dialect.SpotV1, Dialect.FuturesV1];
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < SymbolTable.CapacityDefault; i++)
            {
                Dialect dialect = dialects[i % 4];
                string text = $"S{i / 4}/USD";
                int id = table.IdOf(dialect, Encoding.ASCII.GetBytes(text));
                Assert.Equal(ids.GetValueOrDefault((dialect, text), i), id);
                ids[(dialect, text)] = id;
                Assert.Equal(text, Encoding.ASCII.GetString(table.TextOf(id)));
                Assert.Equal(dialect, table.DialectOf(id));
            }
        }

        Assert.Equal(SymbolTable.CapacityDefault, table.Count);
        Assert.Equal(0, table.Overflows);
    }

    [Fact]
    public void A_full_table_still_knows_its_symbols_and_counts_refusals_once()
    {
        SymbolTable table = new(2);
        Assert.Equal(0, table.IdOf(Dialect.SpotV2, "A/B"u8));
        Assert.True(table.TryIdOf(Dialect.SpotV2, "C/D"u8, out int id));
        Assert.Equal(1, id);
        Assert.False(table.TryIdOf(Dialect.SpotV2, "E/F"u8, out id));
        Assert.Equal((-1, 0L), (id, table.Overflows));
        Assert.Equal(-1, table.IdOf(Dialect.SpotV2, "E/F"u8));
        Assert.Equal(-1, table.IdOf(Dialect.SpotV1, "A/B"u8));
        Assert.Equal(2, table.Overflows);
        Assert.Equal(1, table.IdOf(Dialect.SpotV2, "C/D"u8));
        Assert.True(table.TryIdOf(Dialect.SpotV2, "A/B"u8, out id));
        Assert.Equal((0, 2), (id, table.Count));
    }

    [Fact]
    public void Stable_hashes_do_not_depend_on_the_order_of_appearance()
    {
        SymbolTable one = new();
        SymbolTable two = new();
        int a = one.IdOf(Dialect.SpotV2, "A/B"u8);
        int other = one.IdOf(Dialect.SpotV1, "A/B"u8);
        two.IdOf(Dialect.SpotV2, "C/D"u8);
        int b = two.IdOf(Dialect.SpotV2, "A/B"u8);
        Assert.NotEqual(a, b);
        Assert.Equal(one.StableHashOf(a), two.StableHashOf(b));
        Assert.NotEqual(one.StableHashOf(a), one.StableHashOf(other));
    }

    [Fact]
    public void Symbols_are_one_to_thirty_two_printable_ascii_bytes()
    {
        Assert.False(SymbolTable.IsSymbol([]));
        Assert.True(SymbolTable.IsSymbol(Encoding.ASCII.GetBytes(new string('A', 32))));
        Assert.False(SymbolTable.IsSymbol(Encoding.ASCII.GetBytes(new string('A', 33))));
        for (int value = 0; value < 256; value++)
        {
            Assert.Equal(value is >= 0x21 and <= 0x7E, SymbolTable.IsSymbol([(byte)'A', (byte)value]));
        }
    }

    [Fact]
    public void A_table_without_room_cannot_be_made() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SymbolTable(0));
}
