import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeSecureError } from '#core/error.ts';
import { PacketPathSettings } from '#roles/packet-path.ts';
import { Truth } from '../lab/truth.ts';

/** One run of the lab on disk. */
export interface LabRun {
  readonly name: string;
  readonly capture: string;
  readonly truth: Truth;
}

/** The packet path as it serves, but for a fixed seed, so that a run repeats. */
export const REPEATABLE = PacketPathSettings.parse({ entities: { seed: 1 } });

/**
 * All finished runs in the folder, by name; empty if the folder is missing. Throws `bad-input` for a truth of another
 * version of the lab.
 */
export async function readLabRuns(directory: string): Promise<LabRun[]> {
  const names = await readdir(directory).catch(() => []);
  const runs: LabRun[] = [];
  for (const name of names.toSorted((a, b) => a.localeCompare(b))) {
    const text = await readFile(join(directory, name, 'truth.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    runs.push({ name, capture: join(directory, name, 'capture.pcap'), truth: truthOf(text, join(directory, name)) });
  }
  return runs;
}

function truthOf(text: string, folder: string): Truth {
  const parsed = Truth.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  const what = `${path.join('.')}: ${message}`;
  throw new KubeSecureError('bad-input', `while reading the run ${folder}: ${what}; make it again with this lab`);
}
