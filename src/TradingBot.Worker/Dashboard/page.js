// The worker's standing arrives as server-sent events and is put into the page as text, never as markup.
"use strict";

// Seconds a curve can show, and the least it is stretched over.
const POINTS = 180, POINTS_LEAST = 40;
const $ = id => document.getElementById(id);
const svgNames = "http://www.w3.org/2000/svg";

function el(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

function setText(node, text) {
  text = text === null || text === undefined ? "–" : String(text);
  if (node.textContent !== text) node.textContent = text;
}

function setClass(node, name) { if (node.className !== name) node.className = name; }

const whole = n => n.toLocaleString("en");
const sign = n => n >= 0.005 ? "good" : n <= -0.005 ? "bad" : "";
const money = n => ({ good: "+", bad: "−" }[sign(n)] ?? "") + "$" + Math.abs(n).toFixed(2);
const words = name => name.replaceAll("_", " ");
const moment = ms => new Date(ms).toISOString().slice(0, 16).replace("T", " ") + "Z";
const clock = ms => new Date(ms).toLocaleTimeString("en-GB");
const spaced = name => name.replace(/([a-z])([A-Z])/g, (_, a, b) => a + " " + b.toLowerCase());

function span(seconds) {
  const h = Math.floor(seconds / 3600), m = Math.floor(seconds / 60) % 60, s = seconds % 60;
  return (h ? h + " h " : "") + (h || m ? m + " min " : "") + s + " s";
}

// One row per item, kept as long as its key is there: text that did not change is not touched.
function rows(id, items, keyOf, make, fill) {
  const body = $(id).tBodies[0], known = new Map();
  for (const row of [...body.rows]) known.set(row.dataset.key, row);
  let at = 0;
  for (const item of items) {
    const key = keyOf(item);
    let row = known.get(key);
    if (row) known.delete(key);
    else { row = make(item); row.dataset.key = key; }
    if (body.rows[at] !== row) body.insertBefore(row, body.rows[at] || null);
    fill(row, item);
    at++;
  }
  for (const row of known.values()) row.remove();
  const none = $(id + "-none");
  if (none) none.hidden = items.length > 0;
  if ($(id).tHead) $(id).tHead.hidden = items.length === 0;
}

function blank(...kinds) {
  const row = el("tr");
  for (const kind of kinds) row.append(el("td", kind));
  return row;
}

// A curve in a box of 100 × 30: what was seen, scaled to its own range.
function curve() {
  const svg = document.createElementNS(svgNames, "svg");
  svg.setAttribute("viewBox", "0 0 100 30");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (const name of ["area", "line"]) {
    const path = document.createElementNS(svgNames, "path");
    path.setAttribute("class", name);
    svg.append(path);
  }
  return svg;
}

function draw(svg, values, tone) {
  const [area, line] = svg.children;
  const seen = values.filter(v => v !== undefined);
  if (seen.length < 2) { area.setAttribute("d", ""); line.setAttribute("d", ""); return; }
  const low = Math.min(...seen), range = Math.max(...seen) - low || 1;
  const step = 100 / (Math.max(values.length, POINTS_LEAST) - 1), first = 100 - step * (values.length - 1);
  let d = "", from = 0, to = 0;
  values.forEach((v, i) => {
    if (v === undefined) return;
    const x = first + i * step, y = 28 - (v - low) / range * 26;
    if (!d) from = x;
    to = x;
    d += (d ? "L" : "M") + x.toFixed(2) + " " + y.toFixed(2);
  });
  line.setAttribute("d", d);
  area.setAttribute("d", d + "L" + to.toFixed(2) + " 30L" + from.toFixed(2) + " 30Z");
  line.setAttribute("class", "line " + tone);
  area.setAttribute("class", "area " + tone);
}

let points = [];

async function loadHistory() {
  const answer = await fetch("/api/history");
  if (answer.ok) points = (await answer.json()).points;
}

function remember(s) {
  if (points.length && s.time_ms - points[points.length - 1].time_ms < 1000) return;
  const mids = {};
  for (const book of s.books) if (book.mid > 0) mids[book.symbol] = book.mid;
  points.push({ time_ms: s.time_ms, result: s.result, mids });
  if (points.length > POINTS) points.shift();
}

const tiles = new Map();
function tile(name, value, note, tone, withCurve) {
  let t = tiles.get(name);
  if (!t) {
    t = { box: el("dl", withCurve ? "tile broad" : "tile"), value: el("dd"), note: el("small") };
    t.box.append(el("dt", "", name), t.value, t.note);
    if (withCurve) { t.curve = curve(); t.box.append(t.curve); }
    $("tiles").append(t.box);
    tiles.set(name, t);
  }
  setText(t.value, value);
  setText(t.note, note);
  setClass(t.value, tone || "");
  if (t.curve) draw(t.curve, points.map(p => p.result), tone || "");
}

function showBanner(s) {
  const simulated = s.venue === "simulated";
  setText($("venue"), s.mode === "live" && !simulated ? "LIVE" : simulated ? "SIMULATED" : "PAPER");
  const on = simulated ? "on a simulated Kraken: prices and money are made up" : "on Kraken's public feed";
  const doing = { "paper": "paper trading ", "dry-run": "dry run ", "live": simulated ? "rehearsal of live trading " : "" };
  setText($("money"), (doing[s.mode] ?? s.mode + " ") + on);
  $("uptime").title = "build " + s.build;
  setClass($("banner"), simulated ? "simulated" : s.mode === "live" ? "live" : "");
  const [state, tone] = s.halted ? ["halted", "bad"] : s.protection_overdue ? ["a position waits for its stop", "bad"]
    : !s.ready ? ["starting", "warn"]
    : s.lease_remaining_seconds !== null && s.lease_remaining_seconds <= 1 ? ["no lease: no entries", "bad"]
    : s.gate_alarms.length ? [`no ${words(s.gate_alarms[0].side)} signal passes: ${words(s.gate_alarms[0].reason)}`, "warn"]
    : s.venue_state.derivatives.entries ? ["trading", "good"]
    : [s.venue_state.clock.state === "apart" ? "clock is off: no entries"
      : s.venue_state.derivatives.noticed ? "maintenance announced: no entries"
      : "venue " + words(s.venue_state.derivatives.state) + ": no entries", "warn"];
  setText($("state"), state);
  setClass($("state"), "chip " + tone);
  setText($("uptime"), "up " + span(s.uptime_seconds));
  document.title = money(s.result) + " · " + $("venue").textContent + " · TradingBot";
}

// Our clock less the venue's: nobody tells the difference itself, only bounds of it.
function clockWords(c) {
  const ms = value => value === null ? "?" : value.toFixed(0);
  if (c.least_ms === null && c.most_ms === null) return "not compared yet";
  return c.state + " with the venue's: " + ms(c.least_ms) + " to " + ms(c.most_ms) + " ms"
    + (c.state === "apart" ? ": no entries; set the clock and start again" : "");
}

function showTiles(s) {
  tile("result before fees", money(s.result), money(s.result_realised) + " closed", sign(s.result), true);
  tile("open positions", s.positions_open, s.positions_open ? "each behind a stop" : "flat");
  const overdue = s.positions.some(p => p.quantity !== "0" && Number(p.covered) < Math.abs(Number(p.quantity)));
  if (overdue) setText(tiles.get("open positions").note, "one waits for its stop");
  tile("longest without stop", s.unprotected_seconds_max.toFixed(2) + " s", "5 s are allowed",
    s.unprotected_seconds_max <= 5 ? "good" : "bad");
  tile("fills", whole(s.fills), whole(s.partial_fills) + " in part");
  tile("stops hit", whole(s.stops_hit), whole(s.take_profits_hit) + " take-profits hit");
  tile("orders", whole(s.orders), whole(s.intents) + " intents in the log", s.orders > s.intents ? "bad" : "");
  tile("signals", whole(s.signals), whole(s.approved) + " approved");
  tile("checksums", whole(s.checksums_verified), whole(s.checksum_mismatches) + " wrong",
    s.checksum_mismatches ? "bad" : "");
  tile("unknown outcomes", whole(s.unknown_outcomes), whole(s.reconnects) + " reconnects",
    s.unknown_outcomes ? "warn" : "");
}

// Where the market is between stop (left) and target (right).
function rail(box, stop, entry, mid, target) {
  if (!box.firstChild) box.append(el("i", "stop"), el("i", "entry"), el("i", "target"), el("b"));
  const [a, b, c, dot] = box.children;
  const far = target ?? entry + (entry - stop) * 2;
  const place = v => Math.max(0, Math.min(100, (v - stop) / (far - stop) * 96 + 2)) + "%";
  a.style.left = place(stop); b.style.left = place(entry); c.style.left = place(far); dot.style.left = place(mid || entry);
  c.hidden = target === undefined;
}

function showPositions(s) {
  const open = s.positions.filter(p => p.quantity !== "0");
  setText($("open-count"), open.length || "");
  rows("positions", open, p => p.symbol, () => {
    const row = blank("name", "", "n", "n", "n", "n", "n", "track", "n", "");
    row.cells[7].append(el("div", "rail"));
    row.cells[9].append(el("span", "chip"));
    return row;
  }, (row, p) => {
    const long = !p.quantity.startsWith("-"), stop = p.orders.find(o => o.role === "Stop" && o.phase === "Working");
    const target = p.orders.find(o => o.role === "TakeProfit" && o.phase === "Working");
    const c = row.cells;
    setText(c[0], p.symbol);
    setText(c[1], long ? "long" : "short"); setClass(c[1], long ? "good" : "bad");
    setText(c[2], p.quantity.replace("-", "")); setText(c[3], p.average_price); setText(c[4], p.mid || null);
    setText(c[5], money(p.result)); setClass(c[5], "n " + sign(p.result));
    setText(c[6], stop ? stop.price : null); setText(c[8], target ? target.price : null);
    rail(c[7].firstChild, Number(stop ? stop.price : p.planned_stop), Number(p.average_price), p.mid,
      target && Number(target.price));
    const covered = Number(p.covered) >= Math.abs(Number(p.quantity));
    setText(c[9].firstChild, p.state === "Guarded" ? "guarded" : spaced(p.state).toLowerCase());
    setClass(c[9].firstChild, "chip " + (covered ? "good" : "bad"));
  });
}

function tick(cell, text) {
  const before = Number(cell.textContent), now = Number(text);
  setText(cell, text);
  if (!before || before === now) return;
  cell.classList.remove("up", "down");
  void cell.offsetWidth;
  cell.classList.add(now > before ? "up" : "down");
}

function showBooks(s) {
  rows("books", s.books, b => b.symbol, () => {
    const row = blank("name", "n", "n", "", "curve", "n", "");
    row.cells[3].append(el("span", "lean"));
    row.cells[3].firstChild.append(el("i"));
    row.cells[4].append(curve());
    row.cells[6].append(el("span", "chip"));
    return row;
  }, (row, b) => {
    const c = row.cells, mids = points.map(p => p.mids[b.symbol]);
    setText(c[0], b.symbol);
    tick(c[1], b.bid); tick(c[2], b.ask);
    c[3].firstChild.firstChild.style.width = (b.bid_share * 100).toFixed(0) + "%";
    draw(c[4].firstChild, mids, "");
    setText(c[5], whole(b.updates));
    setText(c[6].firstChild, b.mismatches ? b.state + ", " + b.mismatches + " wrong" : b.state);
    setClass(c[6].firstChild, "chip " + (b.state === "in sync" ? "good" : "bad"));
  });
}

const tones = { "stop hit": "bad", "stop hit in part": "bad", "take-profit filled": "good", "stop in place": "good",
  "entry filled": "", "entry filled in part": "warn" };

function showLists(s) {
  rows("happenings", [...s.happenings].reverse().slice(0, 20), h => String(h.number),
    () => { const row = blank("dim", "", "name", "fill dim", "n"); row.cells[1].append(el("span", "chip")); return row; },
    (row, h) => {
      const c = row.cells, tone = tones[h.what] ?? (/refused|unknown/.test(h.what) ? "bad" : "");
      setText(c[0], clock(h.time_ms)); setText(c[1].firstChild, h.what); setClass(c[1].firstChild, "chip " + tone);
      setText(c[2], h.symbol); setText(c[3], h.words);
      setText(c[4], h.result ? money(h.result) : ""); setClass(c[4], "n " + sign(h.result));
    });

  const orders = s.positions.flatMap(p => p.orders.map(o => ({ ...o, symbol: p.symbol })));
  setText($("order-count"), orders.length ? orders.length + " live" : "");
  rows("orders", orders, o => o.id + o.symbol, () => blank("name", "", "", "n", "n", "n", ""), (row, o) => {
    const c = row.cells;
    setText(c[0], o.symbol); setText(c[1], spaced(o.role).toLowerCase());
    setText(c[2], o.side.toLowerCase()); setClass(c[2], o.side === "Buy" ? "good" : "bad");
    setText(c[3], o.quantity); setText(c[4], o.filled); setText(c[5], o.price);
    setText(c[6], o.phase.toLowerCase()); row.title = o.id;
  });

  setText($("signal-count"), s.approved + " of " + s.signals + " approved");
  rows("signals", s.recent_signals.slice(0, 12), g => String(g.number),
    () => { const row = blank("dim", "name", "", "dim", "n", "n"); row.cells[5].append(el("span", "chip")); return row; },
    (row, g) => {
      const c = row.cells;
      setText(c[0], clock(g.time_ms)); setText(c[1], g.symbol);
      setText(c[2], g.side); setClass(c[2], g.side === "buy" ? "good" : "bad");
      setText(c[3], g.kind + ", strength " + g.strength.toFixed(2)); setText(c[4], g.limit_price);
      setText(c[5].firstChild, g.approved ? "approved" : words(g.refused));
      setClass(c[5].firstChild, "chip " + (g.approved ? "good" : ""));
    });
}

function showRefused(s) {
  const gate = Object.entries(s.refused).map(([r, n]) => ["risk gate", r, n]);
  const desk = Object.entries(s.entries_refused).map(([r, n]) => ["entry", r, n]);
  const all = [...gate, ...desk].sort((a, b) => b[2] - a[2]);
  const most = all.length ? all[0][2] : 1;
  rows("refused", all, ([who, reason]) => who + reason, () => {
    const row = blank("name", "dim", "share", "n");
    row.cells[2].append(el("i"));
    return row;
  }, (row, [who, reason, n]) => {
    const c = row.cells;
    setText(c[0], words(reason)); setText(c[1], who); setText(c[3], whole(n));
    c[2].firstChild.style.width = (n / most * 100).toFixed(1) + "%";
  });
}

function showPlumbing(s) {
  rows("feeds", s.feeds, f => f.endpoint, () => {
    const row = blank("name", "n", "n", "n", "");
    row.cells[4].append(el("span", "chip"));
    return row;
  }, (row, f) => {
    const c = row.cells;
    setText(c[0], words(f.endpoint));
    setText(c[1], f.subscriptions_wanted ? f.subscriptions_confirmed + " of " + f.subscriptions_wanted : "account");
    setText(c[2], f.last_frame_age_ms === null ? null : f.last_frame_age_ms + " ms"); setText(c[3], f.reconnects);
    setText(c[4].firstChild, f.state); setClass(c[4].firstChild, "chip " + (f.state === "open" ? "good" : "bad"));
    row.title = (f.copies ? "first " + f.copies.won + ", second " + f.copies.duplicate + ", alone " + f.copies.alone
      + ". " : "") + f.last_loss;
  });
  const store = s.store === null ? "none in this run"
    : s.store.failing ? "failing: " + s.store.fault : whole(s.store.records_projected) + " records, "
      + s.store.lag_records + " behind the log";
  const u = s.universe, h = s.history;
  const universe = u === null ? null : u.spot + " spot and " + u.perpetuals + " perpetuals"
    + (u.file ? " of " + u.file.split("/").pop() : "") + (u.left_out_count ? ", " + u.left_out_count + " left out" : "");
  const history = h === null ? null : h.fault ? h.fault
    : h.may_be_analysed + " of " + h.symbols.length + " symbols may be analysed" + (h.required ? "; signals need it" : "");
  const faulty = h === null ? [] : h.symbols.filter(one => !one.may_be_analysed).slice(0, 8);
  const own = h === null || !h.own_bars ? [] : [["own bars", h.own_bars_fault ?? whole(h.own_bars_written) + " kept"
    + (h.own_bars_lost ? ", " + whole(h.own_bars_lost) + " lost" : "")]];
  const venue = s.venue_state, called = venue.status.fault ?? (venue.status.asked ? "calls answered" : "not called");
  const notices = venue.notices.map(n => [n.emergency ? "incident" : "maintenance",
    n.title + " (" + n.markets + (n.start_ms ? ", " + moment(n.start_ms) + (n.end_ms ? " to " + moment(n.end_ms) : "")
      : "") + ")" + (n.stops_entries ? ": no entries" : "")]);
  const lines = [["venue", "spot " + words(venue.spot.state) + ", derivatives " + words(venue.derivatives.state)
    + ", " + called], ["clock", clockWords(venue.clock)], ...notices, ["universe", universe], ["history", history],
    ...faulty.map(one => [one.symbol, one.why]), ...own, ["frames", whole(s.frames) + ", " + s.parse_errors + " not understood"],
    ["waiting for the worker", "at most " + s.ring_depth + " events just now, " + s.ring_depth_max + " ever"],
    ["database", store], ["journal", s.journal + (s.journal_bytes ? ", " + (s.journal_bytes / 1e6).toFixed(1) + " MB" : "")],
    ["newest tick", s.tick_age_seconds === null ? null : s.tick_age_seconds.toFixed(2) + " s ago"]];
  rows("storage", lines, l => l[0] + (l[0] === "maintenance" || l[0] === "incident" ? l[1] : ""), () => blank("dim", "fill"), (row, [name, text]) => {
    setText(row.cells[0], name); setText(row.cells[1], text);
  });
}

let heard = 0;
function show(s) {
  heard = Date.now();
  remember(s);
  showBanner(s); showTiles(s); showPositions(s); showBooks(s); showLists(s); showRefused(s); showPlumbing(s);
}

const events = new EventSource("/events");
events.onopen = () => loadHistory().catch(() => { points = []; });
events.onmessage = e => show(JSON.parse(e.data));
setInterval(() => {
  const silence = (Date.now() - heard) / 1000, lost = heard > 0 && silence > 2.5;
  $("trouble").hidden = !lost;
  if (!lost) return;
  setText($("trouble"), "No news from the worker for " + silence.toFixed(0) + " s: what stands here is old.");
  setText($("state"), "no news");
  setClass($("state"), "chip bad");
}, 500);
