namespace TradingBot.Market.Values;

/// <summary>The Kraken wire protocol a frame speaks. One parser per dialect, the same events out.</summary>
public enum Dialect : byte
{
    None = 0,

    /// <summary>
    /// Spot WebSocket v2, <c>wss://ws.kraken.com/v2</c>: JSON objects with <c>channel</c> or <c>method</c>.
    /// </summary>
    SpotV2 = 1,

    /// <summary>
    /// Unified WebSocket, <c>wss://uws.kraken.com/v2/public</c>: the v2 envelope with <c>asset_class</c>.
    /// </summary>
    Unified = 2,

    /// <summary>Spot WebSocket v1: JSON arrays, kept so that older captures replay.</summary>
    SpotV1 = 3,

    /// <summary>
    /// Derivatives WebSocket v1: objects with <c>feed</c> or <c>event</c>; switched off on 2027-03-01.
    /// </summary>
    FuturesV1 = 4,
}
