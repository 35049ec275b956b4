// ccxt 4.5.84, as published, over REST and WebSocket v2; only its addresses say the simulated Kraken.
// Its own check of the book's sum is off, as it is by default: on any book it ends in "data.split is not a function",
// since it has read the digits into a number by then. The sums are what node-kraken-api.cjs checks.
// Usage: SIMULATED_KRAKEN=addresses.json node ccxt.mjs
import assert from 'node:assert';
import fs from 'node:fs';
import ccxt from 'ccxt';

const updatesWanted = 40;
const symbol = 'BTC/USD';

/** What `tradingbot simulate --port … --json` said of itself. */
const { rest, key, secret } = JSON.parse(fs.readFileSync(process.env.SIMULATED_KRAKEN, 'utf8'));
const { host } = new URL(rest);

// Kraken wants a second between calls; the simulated one does not mind.
const kraken = new ccxt.pro.kraken({ apiKey: key, secret, rateLimit: 50 });
kraken.urls.api.public = kraken.urls.api.private = `https://${host}`;
kraken.urls.api.ws.publicV2 = `wss://${host}/v2`;
kraken.urls.api.ws.private = kraken.urls.api.ws.privateV2 = `wss://${host}/auth/v2`;

/** Repeats a look until it finds what is wanted: streams and calls race. */
async function until(look, what) {
  for (let i = 0; i < 50; i++) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} never came`);
}

async function readMarket() {
  const markets = await kraken.loadMarkets();
  assert(symbol in markets);
  const ticker = await kraken.fetchTicker(symbol);
  assert(ticker.bid < ticker.ask);
  assert((await kraken.fetchOHLCV(symbol, '1m')).length > 100);
  assert((await kraken.fetchTrades(symbol)).length > 0);
  const shown = await kraken.fetchOrderBook(symbol, 10);
  assert(shown.bids[0][0] < shown.asks[0][0]);
  return Object.keys(markets).length;
}

async function followStreams() {
  for (let i = 0; i < updatesWanted; i++) {
    const book = await kraken.watchOrderBook(symbol, 10);
    assert(book.bids.length === 10 && book.asks.length === 10 && book.bids[0][0] < book.asks[0][0]);
  }
  assert((await kraken.watchTicker(symbol)).last > 0);
  assert((await kraken.watchTrades(symbol)).length > 0);
  assert((await kraken.watchOHLCV(symbol, '1m')).length > 0);
}

/** Places, amends and cancels over REST. */
async function tradeOverRest(bid) {
  const placed = await kraken.createOrder(symbol, 'limit', 'buy', 0.01, kraken.priceToPrecision(symbol, bid * 0.9));
  const open = await until(async () => (await kraken.fetchOpenOrders(symbol)).find((o) => o.id === placed.id), 'order');
  assert.equal(open.amount, 0.01);
  const changed = kraken.priceToPrecision(symbol, bid * 0.91);
  await kraken.editOrder(placed.id, symbol, 'limit', 'buy', 0.02, changed);
  const now = await until(async () => (await kraken.fetchOpenOrders(symbol)).find((o) => o.amount === 0.02), 'change');
  assert.equal(now.price, Number(changed));
  await kraken.cancelOrder(now.id, symbol);
  await until(async () => (await kraken.fetchOpenOrders(symbol)).length === 0, 'cancel');
}

/** Places, amends, cancels and fills over the socket. */
async function tradeOverSocket(bid) {
  const placed = await kraken.createOrderWs(symbol, 'limit', 'buy', 0.01, kraken.priceToPrecision(symbol, bid * 0.9));
  assert(placed.id);
  await kraken.editOrderWs(placed.id, symbol, 'limit', 'buy', 0.02, kraken.priceToPrecision(symbol, bid * 0.91));
  await until(async () => (await kraken.fetchOpenOrders(symbol)).find((o) => o.amount === 0.02), 'change');
  await kraken.cancelOrderWs(placed.id);
  await until(async () => (await kraken.fetchOpenOrders(symbol)).length === 0, 'cancel');

  // The subscription first: an execution is told once.
  const orders = kraken.watchOrders();
  const bought = await kraken.createOrderWs(symbol, 'market', 'buy', 0.01);
  await orders;
  const fill = await until(
    async () => (await kraken.fetchMyTrades(symbol)).find((trade) => trade.order === bought.id), 'fill');
  assert.equal(fill.side, 'buy');
  const order = await kraken.fetchOrder(bought.id, symbol);
  assert.equal(order.status, 'closed');
  assert.equal(order.filled, 0.01);
  const { BTC } = await kraken.fetchBalance();
  assert(BTC.total > 0 && BTC.total <= 0.01, 'what was bought, less a fee in it');
  await kraken.watchBalance();
}

try {
  const instruments = await readMarket();
  await followStreams();
  const bid = (await kraken.fetchTicker(symbol)).bid;
  await tradeOverRest(bid);
  await tradeOverSocket(bid);
  await assert.rejects(
    kraken.createOrder(symbol, 'limit', 'buy', 100, kraken.priceToPrecision(symbol, bid)), ccxt.InsufficientFunds);
  console.log(JSON.stringify({ client: 'ccxt', instruments, updates: updatesWanted }));
  process.exit(0);
} catch (fault) {
  console.error(fault);
  process.exit(1);
}
