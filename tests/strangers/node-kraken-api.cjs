// node-kraken-api 2.2.2, as published, over REST and the first WebSocket, with its own check of the book's sum.
// Usage: SIMULATED_KRAKEN=addresses.json node --require ./redirect.cjs node-kraken-api.cjs [wrong-digits]
// With wrong-digits the venue spoils one digit of an update now and then, and the check has to notice.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const { Kraken } = require('node-kraken-api');

const updatesWanted = 40;
const expectsWrongDigits = process.argv[2] === 'wrong-digits';
const patienceMs = 60_000;

/** What `tradingbot simulate --port … --json` said of itself. */
const { key, secret } = JSON.parse(fs.readFileSync(process.env.SIMULATED_KRAKEN, 'utf8'));
const kraken = new Kraken({ key, secret, timeout: 20_000 });

/** The first update of a subscription that is what is wanted. */
function hear(subscription, wanted, what) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${what} was heard`)), patienceMs);
    subscription.on('update', (rows) => {
      const found = rows.map(wanted).find((row) => row);
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
}

/** Follows a book and counts what the client's own check says of every update. */
async function followBook() {
  // The check is the client's: it is only watched here.
  const { Book } = Kraken.WS;
  const check = Book.applyUpdate;
  const seen = { verified: 0, wrong: 0, mirrors: 0, resubscriptions: 0 };
  Book.applyUpdate = (snapshot, update) => {
    const result = check(snapshot, update);
    if (result.verified) seen.verified++;
    else seen.wrong++;
    return result;
  };
  const book = kraken.ws.book({ depth: 10 });
  const done = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the book said too little: ${JSON.stringify(seen)}`)), patienceMs);
    book.on('mirror', (mirror) => {
      seen.mirrors++;
      assert(+mirror.bs[0][0] < +mirror.as[0][0], 'a book that is not crossed');
      const enough = expectsWrongDigits ? seen.wrong > 0 && seen.resubscriptions > 1 : seen.verified >= updatesWanted;
      if (!enough) return;
      clearTimeout(timer);
      resolve();
    });
    book.on('snapshot', () => seen.resubscriptions++);
    book.on('error', reject);
  });
  await book.subscribe('XBT/USD');
  await done;
  await book.unsubscribe('XBT/USD');
  if (expectsWrongDigits) assert(seen.wrong > 0, 'a wrong digit has to be noticed');
  else assert.strictEqual(seen.wrong, 0, 'every sum has to be right');
  return seen;
}

async function trade() {
  const { token } = await kraken.getWebSocketsToken();
  const openOrders = kraken.ws.openOrders({ token });
  const ownTrades = kraken.ws.ownTrades({ token });
  await openOrders.subscribe();
  await ownTrades.subscribe();

  const bid = Number((await kraken.ticker({ pair: 'XBTUSD' })).XXBTZUSD.b[0]);
  const price = (bid * 0.9).toFixed(1);
  const placed = await kraken.ws.addOrder({
    token, ordertype: 'limit', type: 'buy', pair: 'XBT/USD', price, volume: '0.01',
  });
  assert.strictEqual(placed.status, 'ok');
  const open = await kraken.openOrders();
  assert.strictEqual(open.open[placed.txid].descr.price, price);
  assert.strictEqual(open.open[placed.txid].vol, '0.01000000');

  const amended = (bid * 0.91).toFixed(1);
  await kraken.request('AmendOrder', { txid: placed.txid, limit_price: amended }, 'private');
  assert.strictEqual((await kraken.openOrders()).open[placed.txid].descr.price, amended);

  const gone = hear(openOrders, (row) => row[placed.txid]?.status === 'canceled' && row, 'cancel');
  await kraken.ws.cancelOrder({ token, txid: [placed.txid] });
  await gone;
  assert(!(placed.txid in (await kraken.openOrders()).open));

  const fill = hear(ownTrades, (row) => Object.values(row)[0], 'fill');
  const bought = await kraken.ws.addOrder({
    token, ordertype: 'market', type: 'buy', pair: 'XBT/USD', volume: '0.01',
  });
  assert.strictEqual((await fill).ordertxid, bought.txid);
  const closed = (await kraken.closedOrders()).closed[bought.txid];
  assert.strictEqual(closed.status, 'closed');
  assert.strictEqual(closed.vol_exec, '0.01000000');
  return Object.keys((await kraken.tradesHistory()).trades).length;
}

async function main() {
  assert((await kraken.time()).unixtime > 1_700_000_000);
  const names = Object.keys(await kraken.assetPairs());
  assert(names.includes('XXBTZUSD'));
  const seen = await followBook();
  const trades = expectsWrongDigits ? 0 : await trade();
  console.log(JSON.stringify({ client: 'node-kraken-api', instruments: names.length, ...seen, trades }));
}

main().then(() => process.exit(0), (fault) => {
  console.error(fault);
  process.exit(1);
});
