import * as flowRecord from '#core/flow-record.ts';
import type { FlowMemory } from '#core/flow-record.ts';
import { createAddressText } from './address-text.ts';
import type { LineLayout } from './line-layout.ts';
import type { NumberText } from './number-text.ts';
import type { TextBuffer } from './text-buffer.ts';
import { createTimestampText } from './timestamp-text.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const { FLOW_KIND, FLOW_PORTS, FLOW_START_F64, FLOW_STATE, FLOW_STATE_CLIENT_HIGH, FLOW_STATE_ID_HIGH } = flowRecord;

const QUOTE = 34;
const COMMA = 44;
const DASH = 45;

/** The cells of a line that name its flow. */
export interface NameCells {
  /** Appends them, a comma after each. */
  readonly appendNames: (memory: FlowMemory, base: number) => void;
}

/** Appends to the buffer, into which `numbers` writes as well. */
export function createNameCells(buffer: TextBuffer, layout: LineLayout, numbers: NumberText): NameCells {
  const { bytes, view } = buffer;
  const { names, keys } = layout;
  const { writeInteger } = numbers;
  const { writeAddress } = createAddressText(view);
  const { writeTimestamp } = createTimestampText(view, numbers);

  function appendNames(memory: FlowMemory, base: number): void {
    const { i32, f64 } = memory;
    const clientHigh = (i32[base + FLOW_STATE] & FLOW_STATE_CLIENT_HIGH) !== 0;
    const lowPort = i32[base + FLOW_PORTS] >>> 16;
    const highPort = i32[base + FLOW_PORTS] & 0xffff;
    let at = buffer.length;
    for (let column = 0; column < names.length; column++) {
      if (keys !== null) {
        bytes.set(keys[column], at);
        at += keys[column].length;
      }
      switch (names[column]) {
        case 'Src Port':
          at = writeInteger(at, clientHigh ? highPort : lowPort);
          continue;
        case 'Dst Port':
          at = writeInteger(at, clientHigh ? lowPort : highPort);
          continue;
        case 'Protocol':
          at = writeInteger(at, i32[base + FLOW_KIND] & 0xff);
          continue;
        case 'Flow ID':
          at = writeFlowId(at, memory, base, lowPort, highPort);
          break;
        case 'Src IP':
          at = writeAddress(at, memory, base, clientHigh);
          break;
        case 'Dst IP':
          at = writeAddress(at, memory, base, !clientHigh);
          break;
        case 'Timestamp':
          at = writeTimestamp(at, f64, (base >> 1) + FLOW_START_F64);
          break;
        // Comes last: before the words it makes comparing them slow.
        case null:
          view.setUint8(at++, COMMA);
          continue;
      }
      if (keys !== null) view.setUint8(at++, QUOTE);
      view.setUint8(at++, COMMA);
    }
    buffer.length = at;
  }

  /** CICFlowMeter's name of a flow: both addresses, both ports, protocol, in the order of the key's first flow. */
  function writeFlowId(at: number, memory: FlowMemory, base: number, lowPort: number, highPort: number): number {
    const highFirst = (memory.i32[base + FLOW_STATE] & FLOW_STATE_ID_HIGH) !== 0;
    at = writeAddress(at, memory, base, highFirst);
    view.setUint8(at, DASH);
    at = writeAddress(at + 1, memory, base, !highFirst);
    view.setUint8(at, DASH);
    // A dash takes the place of the comma after each port, and the last comma is left to the cell.
    at = writeInteger(at + 1, highFirst ? highPort : lowPort);
    view.setUint8(at - 1, DASH);
    at = writeInteger(at, highFirst ? lowPort : highPort);
    view.setUint8(at - 1, DASH);
    return writeInteger(at, memory.i32[base + FLOW_KIND] & 0xff) - 1;
  }

  return { appendNames };
}
