import { formatAddress } from '#core/address.ts';
import { CIC_WIDTH, FLOW_ENDINGS } from '#core/feature-batch.ts';
import {
  FLOW_KIND,
  FLOW_PORTS,
  FLOW_REPORTS,
  FLOW_START_F64,
  FLOW_STATE,
  FLOW_STATE_CLIENT_HIGH,
  writeFlowAddress,
} from '#core/flow-record.ts';
import { createCaptureCounters } from '#capture/drops.ts';
import { createCaptureParser, type CaptureParser } from '#capture/parser.ts';
import { writeCicVector } from '#features/cic/vector.ts';
import { FlowsConfig } from '#flows/config.ts';
import { createFlowTable, type FlowTable } from '#flows/flow-table.ts';

/** A flow table by itself, and a line of text for each of its reports: all that a report says. */
export function createCollector(expiry: 'cic' | 'live', flows: object = {}): { table: FlowTable; lines: string[] } {
  const lines: string[] = [];
  const address = new Uint8Array(16);
  const vector = new Float64Array(CIC_WIDTH);
  const config = FlowsConfig.parse({ capacity: 2048, seeds: 2048, ...flows });
  const table = createFlowTable(config, expiry, (memory, base, ending, reportedUs) => {
    const clientHigh = (memory.i32[base + FLOW_STATE] & FLOW_STATE_CLIENT_HIGH) !== 0;
    const ports = memory.i32[base + FLOW_PORTS];
    const endOf = (high: boolean): string => {
      writeFlowAddress(memory, base, high, address, 0);
      return `${formatAddress(address, 0)}/${high ? ports & 0xffff : ports >>> 16}`;
    };
    writeCicVector(memory, base, vector, 0);
    const names = [endOf(clientHigh), endOf(!clientHigh), memory.i32[base + FLOW_KIND] & 0xff];
    const times = [memory.f64[(base >> 1) + FLOW_START_F64], reportedUs];
    lines.push([...names, ...times, FLOW_ENDINGS[ending], memory.i32[base + FLOW_REPORTS], ...vector].join(' '));
  });
  return { table, lines };
}

/** A parser that gives what it reads to the table. */
export function parserInto(table: FlowTable): CaptureParser {
  return createCaptureParser({
    name: 'a capture',
    counters: createCaptureCounters(),
    onBatch: (batch) => table.add(batch),
  });
}

/** Puts bytes into the parser in pieces of these lengths, the last one over and over. */
export function feed(parser: CaptureParser, bytes: Uint8Array, pieces: readonly number[]): void {
  let at = 0;
  for (let piece = 0; at < bytes.length; piece++) {
    const room = parser.room();
    const wanted = pieces[Math.min(piece, pieces.length - 1)];
    const length = Math.min(wanted, room.length, bytes.length - at);
    room.set(bytes.subarray(at, at + length));
    parser.advance(length);
    at += length;
  }
}
