/** Captures to be evaluated, from the tables in `data/`. */
import type { Family } from '#core/family.ts';
import type { TestCapture } from './evaluate-split.ts';
import { LOOK_ALIKES } from './look-alikes.ts';
import { readRunTable } from './tables/read-table.ts';
import { batchesOf, truthOfRow } from './tables/table-batches.ts';
import type { RunTable, TableCapture } from './tables/read-table.ts';

/** Of a crop with fewer packets of an attack nobody can ask that the attack be seen. */
const LEAST_ATTACK_PACKETS = 12;

/** The run's own capture. */
export function wholeCapture(path: string, { run, captures }: RunTable): TestCapture {
  return captureOf(path, run, captures[0], 0);
}

/** Short captures cut out of the run: those without an attack, and those with enough of it. */
export function cropsOf(path: string, { run, captures }: RunTable): TestCapture[] {
  return captures.flatMap((capture, i) => {
    if (i === 0 || (capture.attackPackets > 0 && capture.attackPackets < LEAST_ATTACK_PACKETS)) return [];
    return [captureOf(path, run, capture, i)];
  });
}

function captureOf(path: string, run: RunTable['run'], capture: TableCapture, index: number): TestCapture {
  const family: Family | null = capture.attacks[0]?.family ?? null;
  const { periodMs } = run.parameters;
  return {
    scenario: run.scenario,
    family,
    isLookAlike: family === null && LOOK_ALIKES.has(run.scenario),
    periodS: family === 'beacon' && typeof periodMs === 'number' ? periodMs / 1000 : null,
    machines: capture.kind === 'whole' ? run.hosts.length : capture.kind === 'pair' ? 2 : 1,
    hours: Math.max(0, capture.endUs - capture.startUs) / 3600e6,
    load: () => {
      const table = readRunTable(path);
      const reread = table.captures[index];
      return {
        batches: batchesOf(reread),
        truthOfRow: truthOfRow(reread),
        attacks: reread.attacks.map(({ attack, startUs, endUs }) => ({ ...run.attacks[attack], startUs, endUs })),
        hosts: run.hosts,
      };
    },
  };
}
