using System;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TradingBot.Kraken.Feed;
using TradingBot.Kraken.Rest;
using TradingBot.Market.Values;
using TradingBot.Signals;
using TradingBot.Simulation.Venue;
using TradingBot.Storage.Journal;
using TradingBot.Trading;

namespace TradingBot.Worker.Circle;

/// <summary>What the worker's input journal begins with: build, options and where the intent log stood.</summary>
internal static class WorkerJournal
{
    /// <summary>
    /// Keys and secrets are not kept, and the simulated venue is not the worker's; a key that is left out has its
    /// default at replay, where nothing is signed.
    /// </summary>
    private static readonly JsonSerializerOptions Form = new()
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOut } },
    };

    /// <summary>Version, commit where it is known, and the identity of each assembly that decides.</summary>
    public static string Build { get; } = Identity();

    /// <summary>Begins the journal of one start.</summary>
    /// <exception cref="System.IO.IOException">The medium refused the header.</exception>
    public static InputJournal Begin(
        ILogFile file, CircleOptions options, IntentLog log, uint epoch, long startNs, JournalFolder? folder,
        bool waits = false)
    {
        InputJournalHeader header = new()
        {
            Build = Build,
            Mark = options.Mark,
            Epoch = epoch,
            StartNs = startNs,
            LogRecords = log.Records,
            LogChecksum = log.RecoveredChecksum,
            LogCapacity = log.Capacity,
            Options = JsonSerializer.Serialize(options, Form),
        };
        return InputJournal.Begin(file, header, folder, waits);
    }

    /// <summary>The options of a journal; null, with the reason, when this build has others.</summary>
    public static CircleOptions? Options(InputJournalHeader header, out string error)
    {
        try
        {
            error = "";
            return JsonSerializer.Deserialize<CircleOptions>(header.Options, Form);
        }
        catch (JsonException fault)
        {
            error = $"Its options are not those of this build ({fault.Message}): replay it with {header.Build}.";
            return null;
        }
    }

    private static void LeaveOut(JsonTypeInfo type)
    {
        for (int i = type.Properties.Count - 1; i >= 0; i--)
        {
            JsonPropertyInfo property = type.Properties[i];
            bool secret = property.PropertyType == typeof(Secret)
                || property.Name.Contains("Secret", StringComparison.Ordinal)
                || property.Name.StartsWith("Api", StringComparison.Ordinal);
            bool foreign = property.PropertyType == typeof(VenueOptions)
                || property.PropertyType == typeof(NonceSource);
            if (secret || foreign) type.Properties.RemoveAt(i);
        }
    }

    private static string Identity()
    {
        Assembly worker = typeof(WorkerJournal).Assembly;
        string version = worker.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        StableHash hash = default;
        Type[] ofEach =
        [
            typeof(StableHash), typeof(FlowMomentum), typeof(Engine), typeof(SocketWire), typeof(IntentLog),
            typeof(WorkerJournal),
        ];
        foreach (Type type in ofEach)
        {
            // Compiled the same way from the same sources, a module has the same id.
            byte[] id = type.Assembly.ManifestModule.ModuleVersionId.ToByteArray();
            hash.Add(BitConverter.ToUInt64(id));
            hash.Add(BitConverter.ToUInt64(id, 8));
        }

        return $"{version} {hash.Value:x16}";
    }
}
