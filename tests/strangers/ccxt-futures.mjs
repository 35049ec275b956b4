// ccxt 4.5.84, as published, on the derivatives' own REST; only its addresses say the simulated Kraken.
// Usage: SIMULATED_KRAKEN=addresses.json node ccxt-futures.mjs
import assert from 'node:assert';
import ccxt from 'ccxt';
import fs from 'node:fs';

const symbol = 'BTC/USD:USD';

/** What `tradingbot simulate --port … --json` said of itself. */
const said = JSON.parse(fs.readFileSync(process.env.SIMULATED_KRAKEN, 'utf8'));
const { host } = new URL(said.rest);

const kraken = new ccxt.krakenfutures({ apiKey: said.futures_key, secret: said.futures_secret, rateLimit: 50 });
kraken.urls.api.public = kraken.urls.api.private = `https://${host}/derivatives/api/`;
kraken.urls.api.charts = `https://${host}/api/charts/`;

try {
  const markets = await kraken.loadMarkets();
  const book = await kraken.fetchOrderBook(symbol);
  assert(book.bids[0][0] < book.asks[0][0]);
  assert((await kraken.fetchTicker(symbol)).last > 0);
  assert((await kraken.fetchOHLCV(symbol, '1m')).length > 100);

  const price = Number(kraken.priceToPrecision(symbol, book.bids[0][0] * 0.9));
  const placed = await kraken.createOrder(symbol, 'limit', 'buy', 0.01, price);
  assert.equal(placed.status, 'open');
  await kraken.editOrder(placed.id, symbol, 'limit', 'buy', 0.02, price);
  const [open] = await kraken.fetchOpenOrders(symbol);
  assert.equal(open.id, placed.id);
  assert.equal(open.amount, 0.02);
  await kraken.cancelOrder(placed.id, symbol);
  assert.equal((await kraken.fetchOpenOrders(symbol)).length, 0);

  const bought = await kraken.createOrder(symbol, 'market', 'buy', 0.01);
  const fills = await kraken.fetchMyTrades(symbol);
  assert.equal(fills[0].order, bought.id);
  const [position] = await kraken.fetchPositions([symbol]);
  assert.equal(position.side, 'long');
  assert.equal(position.contracts, 0.01);
  const balance = await kraken.fetchBalance({ type: 'flex' });
  assert(balance.USD.total > 0);
  await assert.rejects(kraken.createOrder(symbol, 'limit', 'buy', 1_000, price), ccxt.InsufficientFunds);
  console.log(JSON.stringify({ client: 'ccxt, futures', instruments: Object.keys(markets).length }));
  process.exit(0);
} catch (fault) {
  console.error(fault);
  process.exit(1);
}
