// Reads an exported Parquet file with two programs that are not ours and compares every cell with the CSV of the same
// rows: node check.mjs FILE.csv FILE.parquet
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetReadObjects } from 'hyparquet';

const [csvPath, parquetPath] = process.argv.slice(2);
const lines = readFileSync(csvPath, 'utf8').trimEnd().split('\n').map(line => line.split(','));
const names = lines[0];
const rows = lines.slice(1);

// Nanoseconds since 1970, from 2023-01-01T00:00:00.123456789Z.
function nanoseconds(text) {
  const [whole, fraction = ''] = text.replace('Z', '').split('.');
  return BigInt(Date.parse(whole + 'Z')) * 1000000n + BigInt(fraction.padEnd(9, '0'));
}

const isTime = name => name === 'time' || name.endsWith('_time');
const plain = text => text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;

function fail(reader, row, name, found, expected) {
  console.error(`${reader}: row ${row + 1}, ${name}: ${found}, the CSV says ${expected}`);
  process.exit(1);
}

function count(reader, found) {
  if (found === rows.length && found > 0) return;
  console.error(`${reader}: ${found} rows, the CSV has ${rows.length}`);
  process.exit(1);
}

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
const columns = names.map(name => isTime(name)
  ? `CAST(epoch_ns(${name}) AS VARCHAR) AS ${name}` : `CAST(${name} AS VARCHAR) AS ${name}`);
const answer = await connection.runAndReadAll(
  `SELECT ${columns.join(', ')} FROM read_parquet('${parquetPath.replaceAll("'", "''")}')`);
const duck = answer.getRows();
count('DuckDB', duck.length);
duck.forEach((cells, row) => cells.forEach((cell, i) => {
  // Its times in UTC have microseconds; hyparquet below sees all nine digits.
  const expected = isTime(names[i]) ? (nanoseconds(rows[row][i]) / 1000n * 1000n).toString() : rows[row][i];
  const found = cell === null ? '' : isTime(names[i]) ? cell : plain(cell);
  if (found !== expected) fail('DuckDB', row, names[i], found, expected);
}));

const bytes = readFileSync(parquetPath);
const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const objects = await parquetReadObjects({ file, parsers: { timestampFromNanoseconds: value => value } });
count('hyparquet', objects.length);
objects.forEach((object, row) => names.forEach((name, i) => {
  const cell = object[name];
  const text = rows[row][i];
  if (text === '') {
    if (cell !== null && cell !== undefined) fail('hyparquet', row, name, cell, 'nothing');
  } else if (isTime(name)) {
    if (cell !== nanoseconds(text)) fail('hyparquet', row, name, cell, text);
  } else if (typeof cell === 'number') {
    if (Math.abs(cell - Number(text)) > 1e-12 * Math.abs(cell)) fail('hyparquet', row, name, cell, text);
  } else if (String(cell) !== text) {
    fail('hyparquet', row, name, cell, text);
  }
}));

console.log(`${rows.length} rows of ${names.length} columns are the same in DuckDB and hyparquet`);
