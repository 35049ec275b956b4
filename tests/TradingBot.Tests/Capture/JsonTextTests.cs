using System;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TradingBot.Storage.Capture;
using TradingBot.Tests.Support;
using Xunit;

namespace TradingBot.Tests.Capture;

public sealed class JsonTextTests
{
    [Fact]
    public void Unescaping_undoes_what_two_encoders_do_to_random_text()
    {
        Random random = Seed.Random(13, "escaping");
        byte[] unescaped = new byte[64 * 1024];
        for (int round = 0; round < Seed.Count(2_000, 200_000); round++)
        {
            string text = RandomText(random);
            JavaScriptEncoder encoder =
                round % 2 == 0 ? JavaScriptEncoder.Default : JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
            byte[] escaped = JsonEncodedText.Encode(text, encoder).EncodedUtf8Bytes.ToArray();
            int stopped = JsonText.Unescape(escaped, unescaped, out int length);
            Assert.Equal(escaped.Length, stopped);
            Assert.Equal(text, Encoding.UTF8.GetString(unescaped, 0, length));
            Assert.True(length <= escaped.Length);
        }
    }

    private static string RandomText(Random random)
    {
        StringBuilder text = new();
        int count = random.Next(0, 60);
        for (int i = 0; i < count; i++)
        {
            int kind = random.Next(8);
            int value = kind switch
            {
                0 => random.Next(0, 0x20),
                1 => "\"\\/\b"[random.Next(4)],
                2 => random.Next(0x80, 0xD800),
                3 => random.Next(0x1_0000, 0x11_0000),
                _ => random.Next(0x20, 0x7F),
            };
            text.Append(new Rune(value).ToString());
        }

        return text.ToString();
    }
}
