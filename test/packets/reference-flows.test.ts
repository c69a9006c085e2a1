import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { differences } from './compare-flows.ts';
import { rowsOf } from './flow-rows.ts';
import { parseFrame, type ReferencePacket } from './reference-packets.ts';

/** Pairs of NAME.pcap and NAME.cic.csv, as the corrected CICFlowMeter made them; these have columns of labels more. */
const folder = process.env.KUBESECURE_CONFORMANCE_DIR ?? '';
const names = folder === '' ? [] : readdirSync(folder).filter((file) => file.endsWith('.cic.csv'));

test.runIf(names.length > 0).each(names)('the naive implementation itself agrees with %s', (name) => {
  const packets = packetsOf(readFileSync(join(folder, name.replace('.cic.csv', '.pcap'))));
  const rows = rowsOf(readFileSync(join(folder, name), 'utf8')).map((row) =>
    Object.fromEntries(Object.entries(row).slice(0, 94)),
  );
  expect(differences(rows, packets)).toEqual([]);
});

test.skipIf(folder === '')('the folder that KUBESECURE_CONFORMANCE_DIR names holds reference pairs', () => {
  expect(names).not.toEqual([]);
});

/** Packets of a little-endian pcap with microseconds. */
function packetsOf(capture: Buffer): ReferencePacket[] {
  const packets: ReferencePacket[] = [];
  for (let at = 24; at < capture.length;) {
    const [seconds, micros, captured, wire] = [0, 4, 8, 12].map((word) => capture.readUInt32LE(at + word));
    const frame = capture.subarray(at + 16, at + 16 + captured);
    const packet = parseFrame(frame, capture.readUInt32LE(20), seconds * 1e6 + micros, wire);
    if (packet !== null) packets.push(packet);
    at += 16 + captured;
  }
  return packets;
}
