import type { Row } from './flow-rows.ts';
import { referenceFlows, referenceRow } from './reference-flows.ts';
import type { ReferencePacket } from './reference-packets.ts';

const TEXTS = new Set(['Flow ID', 'Src IP', 'Dst IP', 'Timestamp', 'Label']);

/**
 * Where rows differ from what the naive implementation makes of the packets: one sentence for each difference, none
 * where all cells of all flows agree. Rows of the same ends and protocol are expected in the order of their starts.
 */
export function differences(rows: readonly Row[], packets: readonly ReferencePacket[], tolerance = 1e-6): string[] {
  const found: string[] = [];
  const expected = Map.groupBy(referenceFlows(packets).map(referenceRow), keyOf);
  const actual = Map.groupBy(rows, keyOf);
  for (const key of new Set([...expected.keys(), ...actual.keys()])) {
    const [theirs, ours] = [expected.get(key) ?? [], actual.get(key) ?? []];
    if (theirs.length !== ours.length) found.push(`${key}: ${ours.length} flows, not ${theirs.length}`);
    for (let i = 0; i < Math.min(theirs.length, ours.length); i++) {
      const at = `${key}, flow ${i + 1} of ${theirs.length}`;
      found.push(...cellDifferences(ours[i], theirs[i], tolerance).map((text) => `${at}: ${text}`));
    }
  }
  return found;
}

function cellDifferences(ours: Row, theirs: Record<string, string | number>, tolerance: number): string[] {
  const columns = Object.keys(theirs);
  if (Object.keys(ours).join() !== columns.join()) return [`the columns are ${Object.keys(ours).join()}`];
  return columns
    .filter((column) => !isEqual(column, ours[column], theirs[column], tolerance))
    .map((column) => `${column} is ${ours[column]}, not ${theirs[column]}`);
}

function isEqual(column: string, ours: string, theirs: string | number, tolerance: number): boolean {
  if (TEXTS.has(column) || typeof theirs === 'string') return ours === theirs;
  if (ours === '') return false;
  return Math.abs(Number(ours) - theirs) <= Math.abs(theirs) * tolerance;
}

function keyOf(row: Record<string, string | number>): string {
  const ends = [`${row['Src IP']}/${row['Src Port']}`, `${row['Dst IP']}/${row['Dst Port']}`];
  return [...ends.toSorted(), row['Protocol']].join(' ');
}
