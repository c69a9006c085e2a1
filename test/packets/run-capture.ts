import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatAddress } from '#core/address.ts';
import { CIC_WIDTH, FLOW_ENDINGS, type FlowEnding } from '#core/feature-batch.ts';
import type { SensorStats } from '#core/sensor-stats.ts';
import { cicIndexOf, type CicColumn } from '#features/cic/columns.ts';
import { PacketPathSettings, runPacketFile } from '#roles/packet-path.ts';
import { pcap, START_US, type TimedFrame } from './captures.ts';
import { ethernet } from './frames.ts';

/** One flow report. Times are microseconds after START_US. */
export interface Report {
  readonly client: string;
  readonly server: string;
  readonly protocol: number;
  readonly ending: FlowEnding;
  readonly report: number;
  readonly startUs: number;
  readonly reportedUs: number;
  readonly cic: (column: CicColumn) => number;
}

/** Runs `work` with the path of a file that holds these bytes. */
export function withFile<T>(bytes: Uint8Array, work: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-'));
  try {
    const path = join(folder, 'capture');
    writeFileSync(path, bytes);
    return work(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Tables small enough to be made anew for each of many captures. */
const SMALL = { flows: { capacity: 4096, seeds: 4096 }, entities: { maxEntities: 64 } };

/** All reports of a capture, in their order. `flows` changes settings of the flow table. */
export function reportsOf(
  capture: Uint8Array,
  expiry: 'cic' | 'live',
  flows: object = {},
): { reports: Report[]; stats: SensorStats } {
  const reports: Report[] = [];
  const stats = withFile(capture, (path) =>
    runPacketFile({
      path,
      expiry,
      settings: PacketPathSettings.parse({ ...SMALL, flows: { ...SMALL.flows, ...flows } }),
      onBatch(batch) {
        for (let row = 0; row < batch.count; row++) {
          const cic = batch.cic.slice(row * CIC_WIDTH, (row + 1) * CIC_WIDTH);
          reports.push({
            client: `${formatAddress(batch.clientAddress, row * 16)}/${batch.clientPort[row]}`,
            server: `${formatAddress(batch.serverAddress, row * 16)}/${batch.serverPort[row]}`,
            protocol: batch.protocol[row],
            ending: FLOW_ENDINGS[batch.ending[row]],
            report: batch.report[row],
            startUs: batch.startUs[row] - START_US,
            reportedUs: batch.reportedUs[row] - START_US,
            cic: (column) => cic[cicIndexOf(column)],
          });
        }
      },
    }),
  );
  return { reports, stats };
}

/** A capture of IP packets in Ethernet frames, each with its time in microseconds after START_US. */
export function captureOf(packets: readonly (readonly [number, Buffer])[]): Buffer {
  const frames: TimedFrame[] = packets.map(([timeUs, packet]) => ({
    timeUs: START_US + timeUs,
    frame: ethernet(packet),
  }));
  return pcap(frames);
}
