using System;
using System.IO;
using System.Linq;
using System.Text;
using TradingBot.Tests.Support;
using TradingBot.Trading.Positions;
using TradingBot.Trading.Reconciliation;
using Xunit;

namespace TradingBot.Tests.Trading;

/// <summary>The table of transitions as operators read it is the one that runs.</summary>
public sealed class PositionTableTests
{
    private static string Page => File.ReadAllText(Path.Combine(Repository.Root, "docs", "protection.md"))
        .ReplaceLineEndings("\n");

    [Fact]
    public void Every_state_answers_every_input_as_the_page_says()
    {
        PositionInput[] inputs = Enum.GetValues<PositionInput>();
        StringBuilder table = new("| | ");
        table.AppendJoin(" | ", inputs).Append(" |\n|").Insert(table.Length, "---|", inputs.Length + 1).Append('\n');
        foreach (PositionState state in Enum.GetValues<PositionState>())
        {
            table.Append("| **").Append(state).Append("** | ").AppendJoin(" | ", inputs.Select(Answer)).Append(" |\n");

            string Answer(PositionInput input) =>
                PositionTransitions.TryNext(state, input, out PositionState next) ? next.ToString() : "—";
        }

        Assert.Contains(table.ToString(), Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sets_are_closed_and_the_table_is_as_large_as_they_are()
    {
        Assert.Equal(PositionTransitions.States, Enum.GetValues<PositionState>().Length);
        Assert.Equal(PositionTransitions.Inputs, Enum.GetValues<PositionInput>().Length);
    }

    [Fact]
    public void Every_open_state_is_left_by_a_stop_that_covers_and_by_the_end_of_the_position()
    {
        foreach (PositionState state in Enum.GetValues<PositionState>())
        {
            if (state is PositionState.Flat or PositionState.EntryPending) continue;
            Assert.True(PositionTransitions.TryNext(state, PositionInput.Emptied, out PositionState end));
            Assert.Equal(PositionState.Flat, end);
            bool closing = state is PositionState.Exiting or PositionState.StopFiredIncomplete;
            PositionTransitions.TryNext(state, PositionInput.Covered, out PositionState covered);
            Assert.Equal(closing ? state : PositionState.Guarded, covered);
        }
    }

    [Fact]
    public void Every_rule_of_reconciliation_is_explained()
    {
        foreach (ReconcileRule rule in Enum.GetValues<ReconcileRule>().Where(rule => rule != ReconcileRule.None))
        {
            Assert.Contains($"\n| R{(int)rule} | ", Page, StringComparison.Ordinal);
        }
    }
}
