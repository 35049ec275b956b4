using System;
using System.Text;

namespace TradingBot.Storage.Database;

/// <summary>Whose rows or records these are: mode and account. Nothing marked otherwise is ever used.</summary>
public readonly record struct AccountMark
{
    /// <summary>Longest text of a mark, in UTF-8: what the header of an intent log holds.</summary>
    public const int BytesMax = 96;

    private AccountMark(string mode, string account)
    {
        Mode = mode;
        Account = account;
    }

    /// <summary><c>paper</c>, <c>live</c> or <c>dry-run</c>.</summary>
    public string Mode { get; }

    /// <summary>The account's name, as the operator gave it.</summary>
    public string Account { get; }

    public override string ToString() => $"{Mode}:{Account}";

    /// <summary>Makes a mark; false, with what is allowed, for anything else.</summary>
    public static bool TryCreate(string mode, string account, out AccountMark mark, out string error)
    {
        mark = default;
        error = "";
        bool known = mode is "paper" or "live" or "dry-run";
        if (!known) error = $"'{mode}' is not a mode: paper, live or dry-run.";
        else if (!IsName(account)) error = $"'{account}' is not an account: letters and signs without spaces.";
        else if (Encoding.UTF8.GetByteCount(account) > BytesMax - mode.Length - 1)
        {
            error = $"The account '{account}' is too long: mode and account have at most {BytesMax - 1} bytes.";
        }

        if (error.Length == 0) mark = new AccountMark(mode, account);
        return error.Length == 0;
    }

    /// <summary>Reads the text form, as in <c>paper:simulated</c>.</summary>
    /// <exception cref="ArgumentException">It is not a mark.</exception>
    public static AccountMark Parse(string text)
    {
        string[] parts = text.Split(':', 2);
        if (parts.Length == 2 && TryCreate(parts[0], parts[1], out AccountMark mark, out _)) return mark;
        throw new ArgumentException($"'{text}' is not a mark: paper:account, live:account or dry-run:account.");
    }

    private static bool IsName(string account)
    {
        foreach (char letter in account)
        {
            if (char.IsControl(letter) || char.IsWhiteSpace(letter)) return false;
        }

        return account.Length > 0;
    }
}
