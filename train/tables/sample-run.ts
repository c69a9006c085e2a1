import { readFileSync } from 'node:fs';
import { Truth } from '../../lab/truth.ts';
import type { LabRun } from '../lab-runs.ts';

/** One of the two samples as a run of the lab. */
export function sampleRun(name: 'attack' | 'busy-day'): LabRun {
  const truth = Truth.parse(JSON.parse(readFileSync(`samples/${name}.truth.json`, 'utf8')));
  return { name, capture: `samples/${name}.pcap`, truth };
}
