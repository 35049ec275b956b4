// Loaded before a client that knows Kraken's names and nothing else: its TLS connections go to the simulated Kraken.
// The client itself is untouched; what it trusts besides the public authorities stands in NODE_EXTRA_CA_CERTS.
'use strict';
const fs = require('node:fs');
const tls = require('node:tls');

/** What `tradingbot simulate --port … --json` said of itself. */
const { rest } = JSON.parse(fs.readFileSync(process.env.SIMULATED_KRAKEN, 'utf8'));
const port = Number(new URL(rest).port);
const connect = tls.connect;

tls.connect = function (options, ...rest) {
  const host = options.servername || options.host;
  if (!/\.kraken\.com$/.test(host)) throw new Error(`a connection to ${host} was not expected`);
  return connect.call(tls, { ...options, host: '127.0.0.1', port, servername: host }, ...rest);
};
