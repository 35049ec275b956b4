using System;
using System.Text;
using TradingBot.Tests.Support;
using TradingBot.Trading.Orders;
using Xunit;

namespace TradingBot.Tests.Trading;

public sealed class ClientOrderIdTests
{
    [Fact]
    public void An_id_says_owner_intent_role_and_revision_and_survives_the_wire()
    {
        Random random = Seed.Random(8, "client ids");
        byte[] text = new byte[ClientOrderId.TextBytes];
        for (int i = 0; i < 10_000; i++)
        {
            uint epoch = (uint)random.NextInt64(1L << 32);
            long intent = random.NextInt64(ClientOrderId.IntentMax + 1);
            OrderRole role = (OrderRole)random.Next(1, 5);
            int revision = random.Next(ClientOrderId.RevisionMax + 1);
            ClientOrderId id = ClientOrderId.Of(epoch, intent, role, revision);
            Assert.Equal((epoch, intent, role, revision), (id.Epoch, id.Intent, id.Role, id.Revision));
            id.Write(text);
            string wire = Encoding.ASCII.GetString(text);
            Assert.Equal(Guid.Parse(wire).ToString("D"), wire);
            Assert.Equal('8', wire[14]);
            Assert.True(ClientOrderId.TryParse(text, out ClientOrderId read));
            Assert.Equal(id, read);
            byte[] other = Encoding.ASCII.GetBytes(wire.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant());
            Assert.True(ClientOrderId.TryParse(other, out read));
            Assert.Equal(id, read);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0a7b6f6e-2f6c-4b53-9a51-7f0c5e6d1a01")]
    [InlineData("0a7b6f6e-0000-8b53-8000-000000000100-")]
    [InlineData("0a7b6f6e-0000-8b53-8000-00000000010g")]
    [InlineData("0a7b6f6e-0000-8b53-8000-000000000900")]
    public void Strangers_ids_are_not_ours(string text)
    {
        bool ours = ClientOrderId.TryParse(Encoding.ASCII.GetBytes(text), out ClientOrderId id);
        Assert.Equal(text.EndsWith('-'), ours);
        Assert.Equal(!ours, id.IsNone);
    }
}
