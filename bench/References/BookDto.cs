using System;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace References;

/// <summary>A spot v2 book frame as the usual client declares it.</summary>
public sealed record BookDto(
    [property: JsonPropertyName("channel")] string Channel,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("data")] BookDto.Element[] Books)
{
    /// <summary>The deserializer the source generator wrote for it.</summary>
    public static BookDto Parse(ReadOnlySpan<byte> frame) =>
        JsonSerializer.Deserialize(frame, BookDtoContext.Default.BookDto)
        ?? throw new FormatException("A book frame is null.");

    public sealed record Element(
        [property: JsonPropertyName("symbol")] string Symbol,
        [property: JsonPropertyName("bids")] Level[] Bids,
        [property: JsonPropertyName("asks")] Level[] Asks,
        [property: JsonPropertyName("checksum")] uint Checksum,
        [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp);

    public readonly record struct Level(
        [property: JsonPropertyName("price")] decimal Price,
        [property: JsonPropertyName("qty")] decimal Quantity);
}

[JsonSerializable(typeof(BookDto))]
internal sealed partial class BookDtoContext : JsonSerializerContext;
