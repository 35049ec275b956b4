// In:     a data folder, the account a key says it is of.   Out: whether they belong together.
// Thread: the caller's.
// Keeps:  once bound, a folder is of one account: a key of another account never trades on its log.
using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TradingBot.Worker.Health;

/// <summary>Which account of the venue a data folder belongs to, beside the name that its mark gives it.</summary>
/// <remarks>
/// The mark is the operator's word; this is the venue's: a hash of the account's number, the same for each of its keys.
/// </remarks>
internal static class AccountIdentity
{
    public const string Name = "account";

    private const string Magic = "tradingbot-account 1 ";
    private const int HashDigits = 32;

    public static string PathOf(string folder) => Path.Combine(folder, Name);

    /// <summary>The account the folder is bound to; empty when it is to none; null when the file cannot be
    /// believed.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? Read(string folder)
    {
        string path = PathOf(folder);
        if (!File.Exists(path)) return "";
        string text = File.ReadAllText(path).TrimEnd('\n');
        string account = text.StartsWith(Magic, StringComparison.Ordinal) ? text[Magic.Length..] : "";
        return account.Length == HashDigits && account.All(char.IsAsciiHexDigitLower) ? account : null;
    }

    /// <summary>Binds the folder, durably.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Bind(string folder, string account)
    {
        string path = PathOf(folder);
        using (SafeFileHandle file = File.OpenHandle(path + ".new", FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, Encoding.ASCII.GetBytes($"{Magic}{account}\n"), 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Compares; binds nothing.</summary>
    public static Finding Check(string folder, string account)
    {
        const string Check = "account";
        string? bound = Read(folder);
        if (bound is null)
        {
            return Finding.Fail(Check, $"{PathOf(folder)} does not say which account the folder is of",
                "move it away if you are sure that log, database and key are of one account");
        }

        if (account.Length == 0)
        {
            return Finding.Warn(Check, "the venue does not say which account the key is of",
                "make sure that log, database and key are of one account: it cannot be checked");
        }

        if (bound.Length == 0)
        {
            return Finding.Ok(
                Check, $"account {account[..8]}; the folder is of none yet, the first live start binds it");
        }

        return bound == account
            ? Finding.Ok(Check, $"account {account[..8]}, as the folder's log and database")
            : Finding.Fail(Check, $"the key is of account {account[..8]}, and the folder of {bound[..8]}",
                "use a key of that account, or another storage.url (--data)");
    }
}
