import { expect, test } from 'vitest';
import { pcap } from './captures.ts';
import { differences } from './compare-flows.ts';
import { flowRowsOf } from './flow-rows.ts';
import { mutate } from '../fuzz/mutate.ts';
import { createChance, type Chance } from './random.ts';
import { randomTraffic, type Traffic } from './random-traffic.ts';
import { parseFrame } from './reference-packets.ts';

/** More of them by hand: `KUBESECURE_DIFFERENTIAL_RUNS=100000 vitest run --project unit test/packets/differential`. */
const RUNS = Number(process.env.KUBESECURE_DIFFERENTIAL_RUNS ?? 400);
const FIRST_SEED = Number(process.env.KUBESECURE_DIFFERENTIAL_SEED ?? 1);

test.each([
  ['random traffic', (chance: Chance) => randomTraffic(chance)],
  ['random traffic with damaged packets', (chance: Chance) => damaged(chance, randomTraffic(chance))],
])(
  'all cells of all flows of %s are what the naive implementation makes of it',
  (_, make) => {
    // The first of each kind: one fault shows in many places.
    const found = new Map<string, string>();
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
      for (const text of disagreements(make(createChance(seed)))) {
        const kind = /: (\D+) is /.exec(text)?.[1] ?? 'other';
        if (!found.has(kind)) found.set(kind, `seed ${seed}: ${text}`);
      }
    }
    expect([...found.values()]).toEqual([]);
  },
  20_000 + RUNS * 50,
);

function damaged(chance: Chance, { linkType, frames }: Traffic): Traffic {
  const some = frames.map((each) => {
    if (chance.oneIn(2)) return each;
    const room = Buffer.concat([each.frame, Buffer.alloc(64)]);
    const length = mutate(chance, room, each.frame.length);
    // The interface's index stays: what comes from another interface is a duplicate, of which the other side knows nothing.
    if (linkType === 276) room.fill(0, 4, 8);
    return { ...each, frame: room.subarray(0, length), wireLength: Math.max(length, each.wireLength ?? 0) };
  });
  return { linkType, frames: some };
}

function disagreements({ linkType, frames }: Traffic): string[] {
  const { rows, drops } = flowRowsOf(pcap(frames, { linkType }));
  const packets = frames
    .map(({ frame, timeUs, wireLength }) => parseFrame(frame, linkType, timeUs, wireLength))
    .filter((packet) => packet !== null);
  const dropped = Object.values(drops).reduce((sum, count) => sum + count, 0);
  const unused = frames.length - packets.length;
  return [...(dropped === unused ? [] : [`${dropped} drops, not ${unused}`]), ...differences(rows, packets, 1e-8)];
}
