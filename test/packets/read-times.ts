/** A capture file through the reader, for tests: the times of its packets, and what was counted. */
import { PACKET_WORDS } from '#core/packet-batch.ts';
import { createCaptureCounters, dropsByReason } from '#capture/drops.ts';
import { readCapture } from '#capture/read-capture.ts';
import { START_US } from './captures.ts';
import { withFile } from './run-capture.ts';

/** Times are microseconds after START_US; packets and bytes include what was dropped. */
export interface ReadTimes {
  readonly times: number[];
  readonly cut: boolean;
  readonly packets: number;
  readonly bytes: number;
  readonly drops: Record<string, number>;
}

export function readTimes(capture: Uint8Array): ReadTimes {
  const counters = createCaptureCounters();
  const times: number[] = [];
  const { cut } = withFile(capture, (path) =>
    readCapture({
      path,
      counters,
      onBatch(batch) {
        for (let i = 0; i < batch.count; i++) times.push(batch.f64[(i * PACKET_WORDS) / 2] - START_US);
      },
    }),
  );
  return { times, cut, packets: counters.packets, bytes: counters.bytes, drops: dropsByReason(counters) };
}
