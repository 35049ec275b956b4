// Runs every statement of a DuckDB script in this folder; each query must find something: node examples.mjs FILE.sql
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const text = readFileSync(process.argv[2], 'utf8').replace(/^--.*$/gm, '');
const statements = text.split(';').map(statement => statement.trim()).filter(statement => statement.length > 0);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
let queries = 0;
for (const statement of statements) {
  const rows = (await connection.runAndReadAll(statement)).getRows();
  if (!statement.startsWith('SELECT')) continue;
  queries++;
  if (rows.length > 0) continue;
  console.error(`nothing is found by: ${statement}`);
  process.exit(1);
}

if (queries === 0) process.exit(1);
console.log(`${statements.length} statements ran, ${queries} queries of them found rows`);
