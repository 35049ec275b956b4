using System.Collections.Immutable;

namespace TradingBot.Kraken.Rest;

/// <summary>Texts of spot REST, WebSocket v2 and the Unified WebSocket; longer ones first.</summary>
/// <remarks>https://docs.kraken.com/exchange/guides/general/errors</remarks>
internal static class SpotErrors
{
    private const string First =
        """
        EAPI:Invalid key | Credentials | Unauthorised | Refused | Never | 0 | Auth
            The venue does not take the key: check key and private key, the addresses it is allowed from and
            its expiry.
        EAPI:Invalid signature | Credentials | Unauthorised | Refused | Never | 0 | Auth
            The private key does not belong to the key, or the request was signed wrongly: check both files.
        EAPI:Invalid nonce | Nonce | Other | Refused | WithNewNonce | 0 | Auth
            Another process uses the key, or it was used with larger numbers before: give the worker a key
            of its own.
        EAPI:Rate limit exceeded | RateLimit | RateLimited | Refused | AfterPause | 15 | RateLimited
            The key's REST counter is full: the worker waits; end other programs that use the key.
        EAPI:Bad request | Arguments | InvalidArguments | Refused | Never | 0 | Other
            The venue cannot read the request: a fault of this program, to be reported.
        EAPI:Feature disabled | Permission | InvalidArguments | Refused | Never | 0 | Auth
            The account has this switched off: ask Kraken to enable it.
        EAPI:Invalid arguments | Arguments | InvalidArguments | Refused | Never | 0 | Other
            A parameter is wrong: a fault of this program, to be reported.
        EAPI:Invalid token | Credentials | Unauthorised | Refused | WithNewToken | 0 | Auth
            The socket's token ran out: a new one is taken; nothing is to be done.
        EAPI:Invalid | Credentials | Unauthorised | Refused | Never | 0 | Auth
            The venue does not take the key: check key and private key, the addresses it is allowed from and
            its expiry.
        EAuth:Rate limit exceeded | RateLimit | RateLimited | Refused | AfterPause | 300 | RateLimited
            Too many sign-ins: the worker waits some minutes.
        EAuth:Too many requests | RateLimit | RateLimited | Refused | AfterPause | 300 | RateLimited
            Too many sign-ins: the worker waits some minutes.
        EAuth:Account temporary disabled | Permission | Unauthorised | Refused | Never | 0 | Auth
            Kraken has disabled the account for a while: sign in there and look.
        EAuth:Account unconfirmed | Permission | Unauthorised | Refused | Never | 0 | Auth
            The account is not confirmed: sign in at Kraken and confirm it.
        EAuth: | Permission | Unauthorised | Refused | Never | 0 | Auth
            Kraken does not let the account in: sign in there and look.
        EGeneral:Invalid arguments:pair | Instrument | InvalidArguments | Refused | Never | 0 | UnknownSymbol
            The venue does not list the pair, or not any more: the list is read anew.
        EGeneral:Invalid arguments:Index unavailable | MarketMode | InvalidArguments | Refused | AfterChange | 0 | Other
            The index that would trigger the stop is away: last price is what is left.
        EGeneral:Invalid arguments | Arguments | InvalidArguments | Refused | Never | 0 | Other
            A parameter is wrong: a fault of this program, to be reported.
        EGeneral:Permission denied | Permission | Unauthorised | Refused | Never | 0 | Auth
            The key lacks a right: doctor says which; make a key that has it.
        EGeneral:Temporary lockout | Lockout | RateLimited | Refused | AfterPause | 900 | RateLimited
            Too many wrong requests: the venue hears nothing for some 15 minutes, and each try prolongs it.
        EGeneral:Too many requests | RateLimit | RateLimited | Refused | AfterPause | 15 | RateLimited
            This address asks too often: the worker waits; end other programs that ask Kraken.
        EGeneral:Unknown method | Arguments | InvalidArguments | Refused | Never | 0 | Other
            The venue has no such call: a fault of this program, or an interface that ended.
        EGeneral:Internal error | Internal | Other | Unknown | AfterLookUp | 5 | TransientNetwork
            A fault of Kraken's; of an order nobody knows what became, so it is looked up.
        EDatabase:Internal error | Internal | Other | Unknown | AfterLookUp | 5 | TransientNetwork
            A fault of Kraken's; of an order nobody knows what became, so it is looked up.
        EService:Unavailable | Service | VenueMode | Unknown | AfterLookUp | 5 | Maintenance
            Kraken is away or in maintenance: stops that rest there stay; orders are looked up once it is
            back.
        """;

    private const string Second =
        """
        EService:Busy | Service | VenueMode | Unknown | AfterLookUp | 5 | Maintenance
            Kraken is overloaded: orders are looked up.
        EService:Timeout | Service | VenueMode | Unknown | AfterLookUp | 5 | TransientNetwork
            Kraken took too long: orders are looked up.
        EService:Throttled | RateLimit | RateLimited | Refused | AfterPause | 15 | RateLimited
            The venue names a time to wait until; the worker waits.
        EService:Deadline elapsed | Deadline | Deadline | Unknown | AfterLookUp | 5 | TransientNetwork
            The order may have been placed all the same: it is looked up. Check this machine's clock.
        EService:Market in cancel_only mode | MarketMode | VenueMode | Refused | AfterChange | 5 | Maintenance
            Orders can only be cancelled now: what is open stays protected by what rests.
        EService:Market in post_only mode | MarketMode | VenueMode | Refused | AfterChange | 5 | Maintenance
            Only orders that rest are taken now, and nothing matches.
        EService:Market in limit_only mode | MarketMode | VenueMode | Refused | AfterChange | 5 | Maintenance
            Only limit orders are taken now.
        EService:Market | MarketMode | VenueMode | Refused | AfterChange | 5 | Maintenance
            The market does not take this kind of order now.
        EOrder:Insufficient funds | Funds | InsufficientFunds | Refused | AfterChange | 0 | Other
            The account has too little for the order: fund it, or lower risk.order_notional.
        EOrder:Insufficient margin | Funds | InsufficientFunds | Refused | AfterPause | 60 | Other
            The exchange has no margin to lend now, or the account has too little: lower the size, or wait.
        EOrder:Insufficient | Funds | InsufficientFunds | Refused | AfterChange | 0 | Other
            The account has too little for the order: fund it, or lower the size.
        EOrder:Margin allowance exceeded | Funds | InsufficientFunds | Refused | AfterChange | 0 | Other
            The account's margin allowance is used up.
        EOrder:Margin level too low | Funds | InsufficientFunds | Refused | AfterChange | 0 | Other
            The account is near liquidation: no new exposure until it is funded.
        EOrder:Margin position size exceeded | Funds | InsufficientFunds | Refused | AfterChange | 0 | Other
            The position would be larger than this account may hold.
        EOrder:Margin | Funds | InsufficientFunds | Refused | AfterChange | 0 | Other
            The account's margin does not allow the order.
        EOrder:Cannot open opposing position | ReduceOnly | InsufficientFunds | Refused | AfterChange | 0 | Other
            A position the other way is open: it has to be closed first.
        EOrder:Cannot open position | Funds | InsufficientFunds | Refused | AfterChange | 0 | Other
            The account may not open this position now.
        EOrder:Order minimum not met | Precision | InvalidArguments | Refused | Never | 0 | Other
            The quantity is below the venue's least: raise risk.order_notional.
        EOrder:Cost minimum not met | Precision | InvalidArguments | Refused | Never | 0 | Other
            Price times quantity is below the venue's least: raise risk.order_notional.
        EOrder:Tick size check failed | Precision | InvalidArguments | Refused | Never | 0 | Other
            The price is no multiple of the instrument's increment: its rules are read anew.
        EOrder:Invalid price | Precision | InvalidArguments | Refused | Never | 0 | Other
            The venue does not take the price: the instrument's rules are read anew.
        EOrder:Invalid order | Precision | InvalidArguments | Refused | Never | 0 | Other
            The venue does not take the order: a fault of this program, to be reported.
        EOrder:Invalid | Arguments | InvalidArguments | Refused | Never | 0 | Other
            The venue does not take the order: a fault of this program, to be reported.
        EOrder:Rate limit exceeded | RateLimit | RateLimited | Refused | AfterPause | 10 | RateLimited
            Too many orders of this pair in a short time: entries wait, stops have room kept for them.
        EOrder:Domain rate limit exceeded | RateLimit | RateLimited | Refused | AfterPause | 10 | RateLimited
            All sub-accounts together send too many orders: the others must send fewer.
        EOrder:Orders limit exceeded | CountLimit | RateLimited | Refused | AfterChange | 0 | RateLimited
            Too many orders rest already: cancel some that are not stops.
        """;

    private const string Third =
        """
        EOrder:Scheduled orders limit exceeded | CountLimit | RateLimited | Refused | AfterChange | 0 | RateLimited
            Too many orders with a start time rest already: cancel some.
        EOrder:Positions limit exceeded | CountLimit | RateLimited | Refused | AfterChange | 0 | RateLimited
            Too many positions are open for this account: close some.
        EOrder:Unknown order | OrderState | UnknownOrder | Refused | Never | 0 | Other
            The order is not open any more: what became of it is looked up.
        EOrder:Unknown position | ReduceOnly | ReduceOnly | Refused | AfterChange | 0 | Other
            There is no such position: the account is looked at.
        EOrder:Reduce only:Position is closed | ReduceOnly | ReduceOnly | Partial | AfterLookUp | 0 | Other
            It matched what there was, and the rest ended: the filled quantity decides.
        EOrder:Reduce only:No position exists | ReduceOnly | ReduceOnly | Refused | AfterChange | 0 | Other
            There is nothing to reduce: the account is looked at.
        EOrder:Reduce only:Non-PC | ReduceOnly | ReduceOnly | Refused | Never | 0 | Other
            The pair has no positions to reduce.
        EOrder:Reduce only:Non-ECP | ReduceOnly | ReduceOnly | Refused | Never | 0 | Other
            The account may not hold positions of this pair.
        EOrder:Reduce only | ReduceOnly | ReduceOnly | Refused | AfterChange | 0 | Other
            The order may only reduce, and there is nothing it could reduce.
        EOrder:Order not editable | OrderState | UnknownOrder | Refused | AfterChange | 0 | Other
            The order cannot be changed: it is replaced, the new one first.
        EOrder:Not enough leaves qty | OrderState | UnknownOrder | Refused | AfterChange | 0 | Other
            More of the order was filled than the change allows: its reports are read first.
        EOrder:Cancel pending | OrderState | UnknownOrder | Refused | AfterChange | 0 | Other
            The order is being cancelled already.
        EOrder:Post only order | WouldCross | Other | Refused | AfterChange | 0 | Other
            The order would have taken: it is priced anew or dropped.
        EOrder:Trading agreement required | Permission | Unauthorised | Refused | Never | 0 | Auth
            Sign Kraken's trading agreement on its page first.
        EQuery:Unknown asset pair | Instrument | UnknownInstrument | Refused | Never | 0 | UnknownSymbol
            The venue does not list the pair, or not any more: the list is read anew.
        EQuery:Unknown asset | Instrument | UnknownInstrument | Refused | Never | 0 | UnknownSymbol
            The venue does not list the asset, or not any more.
        EQuery:Invalid asset | Instrument | UnknownInstrument | Refused | Never | 0 | UnknownSymbol
            The venue does not list the pair, or not any more: the list is read anew.
        ETrade:Locked | Permission | Unauthorised | Refused | Never | 0 | Auth
            Kraken has locked trading: sign in there and look.
        ETrade:User Locked | Permission | Unauthorised | Refused | Never | 0 | Auth
            Kraken has locked the account's trading: sign in there and look.
        ETrade:Invalid request | Arguments | Unauthorised | Refused | Never | 0 | Other
            The venue does not take the request: a fault of this program, to be reported.
        ETrade: | Permission | Unauthorised | Refused | Never | 0 | Auth
            Kraken does not let the account trade: sign in there and look.
        EAccount:Invalid permissions | Permission | Unauthorised | Refused | Never | 0 | Auth
            This account or its region may not trade the product.
        EAccount: | Permission | Unauthorised | Refused | Never | 0 | Auth
            This account or its region may not do this.
        ESession:Invalid session | Credentials | Unauthorised | Refused | WithNewToken | 0 | Auth
            The socket's token ran out: a new one is taken; nothing is to be done.
        ESession: | Credentials | Unauthorised | Refused | WithNewToken | 0 | Auth
            The socket's token is not taken: a new one is fetched; nothing is to be done.
        EFunding: | Funding | Other | Refused | Never | 0 | Other
            Of deposits and withdrawals, which this program never asks for: another one uses the key.
        """;

    private const string Fourth =
        """
        EEarnings: | Funding | Other | Refused | Never | 0 | Other
            Of rewards, which this program never asks for: another one uses the key.
        EBM:limit exceeded | Permission | RateLimited | Refused | Never | 0 | Auth
            A limit that Kraken set for this account: ask Kraken.
        Unsupported field | Arguments | InvalidArguments | Refused | Never | 0 | Other
            The venue knows no such member of a request: a fault of this program, to be reported.
        Already subscribed | Arguments | Other | Refused | Never | 0 | Other
            The channel is subscribed already: it is left first.
        'params. | Arguments | InvalidArguments | Refused | Never | 0 | Other
            A member that the channel does not take: a fault of this program, to be reported.
        Exceeded msg rate | RateLimit | RateLimited | Refused | AfterPause | 10 | RateLimited
            Too many messages on one socket: the worker sends fewer.
        """;

    public static readonly ImmutableArray<VenueError> Rows = VenueErrorTable.Read(First, Second, Third, Fourth);
}
