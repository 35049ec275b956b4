using System;

namespace TradingBot.Simulation.Venue;

/// <summary>A frame with one digit changed.</summary>
internal static class SpoiltFrame
{
    /// <param name="frame">As it should be.</param>
    /// <param name="before">What stands right before the digit; where it does not occur, nothing is changed.</param>
    public static byte[] Of(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> before)
    {
        byte[] spoilt = frame.ToArray();
        int place = frame.IndexOf(before);
        if (place >= 0)
        {
            ref byte digit = ref spoilt[place + before.Length];
            digit = (byte)(digit == '9' ? '1' : digit + 1);
        }

        return spoilt;
    }
}
