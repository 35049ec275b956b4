using System.Collections.Immutable;

namespace TradingBot.Kraken.Rest;

/// <summary>Texts of derivatives REST v3: of the whole answer, and of one order.</summary>
/// <remarks>https://docs.kraken.com/api-reference/order-management/send-order and its siblings.</remarks>
internal static class DerivativesErrors
{
    private const string Answers =
        """
        authenticationError | Credentials | Unauthorised | Refused | Never | 0 | Auth
            The venue does not take the derivatives key: check key and private key.
        accountInactive | Permission | Unauthorised | Refused | Never | 0 | Auth
            Derivatives are not enabled for this account or region: enable them at Kraken.
        insufficientPrivileges | Permission | Unauthorised | Refused | Never | 0 | Auth
            The derivatives key lacks a right: make one with full access and without transfers.
        unauthorized | Permission | Unauthorised | Refused | Never | 0 | Auth
            The derivatives key is not taken: check it.
        invalidAccount | Permission | Unauthorised | Refused | Never | 0 | Auth
            The derivatives key belongs to no account that may trade.
        nonceBelowThreshold | Nonce | Other | Refused | WithNewNonce | 0 | Auth
            Another process uses the derivatives key: give the worker a key of its own.
        nonceDuplicate | Nonce | Other | Refused | WithNewNonce | 0 | Auth
            Another process uses the derivatives key: give the worker a key of its own.
        apiLimitExceeded | RateLimit | RateLimited | Refused | AfterPause | 10 | RateLimited
            The account's tokens of ten seconds are used up: the worker waits; end other programs that use
            them.
        invalidArgument: symbol | Instrument | UnknownInstrument | Refused | Never | 0 | UnknownSymbol
            The venue does not list the contract, or not any more.
        invalidArgument | Arguments | InvalidArguments | Refused | Never | 0 | Other
            A parameter is wrong: a fault of this program, to be reported.
        requiredArgumentMissing | Arguments | InvalidArguments | Refused | Never | 0 | Other
            A parameter is missing: a fault of this program, to be reported.
        invalidUnit | Arguments | InvalidArguments | Refused | Never | 0 | Other
            A parameter is wrong: a fault of this program, to be reported.
        invalidAmount | Arguments | InvalidArguments | Refused | Never | 0 | Other
            A parameter is wrong: a fault of this program, to be reported.
        Json Parse Error | Arguments | InvalidArguments | Refused | Never | 0 | Other
            The venue cannot read the request: a fault of this program, to be reported.
        contractNotFound | Instrument | UnknownInstrument | Refused | Never | 0 | UnknownSymbol
            The venue does not list the contract, or not any more.
        notFound | Instrument | UnknownInstrument | Refused | Never | 0 | UnknownSymbol
            The venue does not know what was asked for.
        insufficientFunds | Funds | InsufficientFunds | Refused | AfterChange | 0 | Other
            The account has too little for the order: fund it, or lower the size.
        INSUFFICIENT_MARGIN | Funds | InsufficientFunds | Refused | AfterChange | 0 | Other
            The account has too little margin, also when it comes with HTTP 500: fund it, or lower the size.
        marketUnavailable | Service | VenueMode | Unknown | AfterLookUp | 5 | Maintenance
            The market is away: orders are looked up.
        Unavailable | Service | VenueMode | Unknown | AfterLookUp | 5 | Maintenance
            Derivatives are away: orders are looked up.
        Server Error | Internal | Other | Unknown | AfterLookUp | 5 | TransientNetwork
            A fault of Kraken's: orders are looked up.
        unknownError | Internal | Other | Unknown | AfterLookUp | 5 | TransientNetwork
            A fault of Kraken's: orders are looked up.
        """;

    private const string FirstStatuses =
        """
        placed | Success | None | Accepted | Never | 0 | Other
            The order rests, or was filled already: its events say which.
        partiallyFilled | Success | None | Accepted | Never | 0 | Other
            A part was filled at once and the rest rests.
        filled | Success | None | Accepted | Never | 0 | Other
            It was filled at once; of a cancel: it came too late.
        cancelled | Success | None | Accepted | Never | 0 | Other
            The order is no more; what was filled before counts.
        edited | Success | None | Accepted | Never | 0 | Other
            The change took effect.
        attempted | Internal | Other | Unknown | AfterLookUp | 5 | Other
            The venue does not say what came of it: it is looked up.
        marketSuspended | MarketMode | VenueMode | Refused | AfterChange | 5 | Maintenance
            The market is suspended: what rests stays.
        marketInactive | MarketMode | VenueMode | Refused | AfterChange | 5 | Maintenance
            The market is closed: what rests stays.
        marketIsPostOnly | MarketMode | VenueMode | Refused | AfterChange | 5 | Maintenance
            Only orders that rest are taken now, and nothing matches.
        invalidPrice | Precision | InvalidArguments | Refused | Never | 0 | Other
            The venue does not take the price: the contract's rules are read anew.
        invalidSize | Precision | InvalidArguments | Refused | Never | 0 | Other
            The venue does not take the quantity: the contract's rules are read anew.
        tooManySmallOrders | CountLimit | RateLimited | Refused | AfterChange | 60 | RateLimited
            Too many small orders rest: cancel some that are not stops.
        tooManyOrders | CountLimit | RateLimited | Refused | AfterChange | 0 | RateLimited
            Too many orders rest: cancel some that are not stops.
        insufficientAvailableFunds | Funds | InsufficientFunds | Refused | AfterChange | 0 | Other
            The account has too little margin: fund it, or lower the size.
        wouldCauseLiquidation | Funds | InsufficientFunds | Refused | AfterChange | 0 | Other
            The order would bring the account to liquidation: lower the size.
        maxPositionViolation | CountLimit | InsufficientFunds | Refused | AfterChange | 0 | Other
            The position would be larger than the contract allows.
        fixedLeverageTooHigh | Funds | InsufficientFunds | Refused | Never | 0 | Other
            The leverage set for the contract is too high: lower it at Kraken.
        clientOrderIdAlreadyExist | OrderState | InvalidArguments | Unknown | AfterLookUp | 0 | Other
            The venue has an order of this id: it is looked up, and never sent again.
        clientOrderIdTooBig | Arguments | InvalidArguments | Refused | Never | 0 | Other
            A fault of this program, to be reported.
        clientOrderIdInvalid | Arguments | InvalidArguments | Refused | Never | 0 | Other
            A fault of this program, to be reported.
        outsidePriceCollar | WouldCross | PriceProtection | Refused | AfterChange | 0 | Other
            The price is too far from the market: an exit is priced nearer.
        wouldIncreasePriceDislocation | WouldCross | PriceProtection | Refused | AfterPause | 10 | Other
            The order would move the price too far: it waits.
        notFound | OrderState | UnknownOrder | Refused | Never | 0 | Other
            The order is not open any more: what became of it is looked up.
        orderForEditNotFound | OrderState | UnknownOrder | Refused | Never | 0 | Other
            The order is not open any more: what became of it is looked up.
        orderForEditNotAStop | OrderState | InvalidArguments | Refused | Never | 0 | Other
            The order has no trigger to change: it is replaced, the new one first.
        cannotEditTriggerPriceOfTrailingStop | OrderState | InvalidArguments | Refused | Never | 0 | Other
            The order cannot be changed so: it is replaced, the new one first.
        """;

    private const string SecondStatuses =
        """
        cannotEditLimitPriceOfTrailingStop | OrderState | InvalidArguments | Refused | Never | 0 | Other
            The order cannot be changed so: it is replaced, the new one first.
        postWouldExecute | WouldCross | Other | Refused | AfterChange | 0 | Other
            The order would have taken: it is priced anew or dropped.
        iocWouldNotExecute | WouldCross | PriceProtection | Refused | AfterChange | 0 | Other
            Nobody was there to match it: an exit is priced further.
        selfFill | WouldCross | SelfTrade | Refused | AfterChange | 0 | Other
            It would have met an order of ours: of a stop, the position is unprotected now.
        wouldNotReducePosition | ReduceOnly | ReduceOnly | Refused | AfterChange | 0 | Other
            There is nothing it could reduce: the account is looked at.
        invalidOrderType | Arguments | InvalidArguments | Refused | Never | 0 | Other
            A fault of this program, to be reported.
        requiredArgumentMissing | Arguments | InvalidArguments | Refused | Never | 0 | Other
            A fault of this program, to be reported.
        noOrdersToCancel | OrderState | UnknownOrder | Refused | Never | 0 | Other
            There was nothing to cancel.
        """;

    /// <summary>The member <c>error</c>; longer ones first.</summary>
    public static readonly ImmutableArray<VenueError> Rows = VenueErrorTable.Read(Answers);

    /// <summary><c>sendStatus</c>, <c>editStatus</c> and <c>cancelStatus</c>.</summary>
    public static readonly ImmutableArray<VenueError> Statuses = VenueErrorTable.Read(FirstStatuses, SecondStatuses);
}
