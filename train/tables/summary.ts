import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTableHeader, TABLE_SUFFIX } from './read-table.ts';
import type { TableHeader } from './table-format.ts';

/** What is in some tables together. */
export interface TableTotals {
  readonly runs: number;
  readonly bytes: number;
  /** Traffic of the whole captures, seconds. */
  readonly seconds: number;
  readonly packets: number;
  /** Rows of whole captures, and those of them that belong to an attack's capture time are not told apart here. */
  readonly rows: number;
  readonly attacks: number;
  readonly attackPackets: number;
  readonly crops: number;
  readonly cropRows: number;
  /** Crops with at least a dozen attack packets. */
  readonly cropsWithAttack: number;
}

/** Totals of all tables, and of each scenario in each lab. */
export interface TableSummary extends TableTotals {
  /** When the first run and the last run began, and by when two of three had, microseconds since the epoch. */
  readonly made: { readonly firstUs: number; readonly twoThirdsUs: number; readonly lastUs: number };
  readonly scenarios: Readonly<Record<string, TableTotals>>;
}

/** Reads the headers of all tables in the folder and writes their totals as JSON. */
export async function writeSummary(folder: string, path: string): Promise<TableSummary> {
  const tables = await Promise.all(
    (await tableNames(folder)).map(async (name) => {
      const table = join(folder, name);
      return { header: readTableHeader(table), bytes: (await stat(table)).size };
    }),
  );
  const groups = Map.groupBy(tables, ({ header }) => `${header.run.scenario} (lab ${header.run.lab})`);
  const begins = tables.map(({ header }) => header.run.startUs).toSorted((a, b) => a - b);
  const summary: TableSummary = {
    ...totalsOf(tables),
    made: {
      firstUs: begins[0] ?? 0,
      twoThirdsUs: begins[Math.floor((begins.length * 2) / 3)] ?? 0,
      lastUs: begins.at(-1) ?? 0,
    },
    scenarios: Object.fromEntries([...groups].map(([name, group]) => [name, totalsOf(group)])),
  };
  await writeFile(path, `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

/** Removes the folder's tables of all runs but these; gives the names of those removed. */
export async function removeTablesBut(folder: string, kept: readonly string[]): Promise<string[]> {
  const gone = (await tableNames(folder)).filter((name) => !kept.includes(name.slice(0, -TABLE_SUFFIX.length)));
  for (const name of gone) await rm(join(folder, name));
  return gone;
}

async function tableNames(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(TABLE_SUFFIX));
  return names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

const ENOUGH_ATTACK_PACKETS = 12;

function totalsOf(tables: readonly { readonly header: TableHeader; readonly bytes: number }[]): TableTotals {
  const wholes = tables.map(({ header }) => header.captures[0]);
  const crops = tables.flatMap(({ header }) => header.captures.slice(1));
  const packetsOf = ({ attacks }: (typeof wholes)[number]) => sum(attacks.map(({ packets }) => packets));
  return {
    runs: tables.length,
    bytes: sum(tables.map(({ bytes }) => bytes)),
    seconds: Math.round(sum(wholes.map(({ startUs, endUs }) => endUs - startUs)) / 1e6),
    packets: sum(wholes.map(({ packets }) => packets)),
    rows: sum(wholes.map(({ rows }) => rows)),
    attacks: sum(tables.map(({ header }) => header.run.attacks.length)),
    attackPackets: sum(wholes.map(packetsOf)),
    crops: crops.length,
    cropRows: sum(crops.map(({ rows }) => rows)),
    cropsWithAttack: crops.filter((crop) => packetsOf(crop) >= ENOUGH_ATTACK_PACKETS).length,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
