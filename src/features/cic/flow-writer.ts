import { CIC_WIDTH } from '#core/feature-batch.ts';
import {
  FLOW_KIND,
  FLOW_PORTS,
  FLOW_START_F64,
  FLOW_STATE,
  FLOW_STATE_CLIENT_HIGH,
  FLOW_STATE_ID_HIGH,
  type FlowMemory,
} from '#core/flow-record.ts';
import { CIC_COLUMNS } from './columns.ts';
import { writeAddressText, writeFlowId, writeTimestamp } from './flow-text.ts';
import {
  copyText,
  createSinglePacketTexts,
  keepText,
  singlePacketPlace,
  type SinglePacketTexts,
} from './single-packet-text.ts';
import { createTextBuffer, writeInteger, writeNumber, writeText, type TextBuffer } from './text-buffer.ts';
import { writeCicVector } from './vector.ts';

/** How flows are written: CSV with a header line, or one JSON object a line with the columns as keys. */
export const FLOW_FORMATS = ['csv', 'jsonl'] as const;
export type FlowFormat = (typeof FLOW_FORMATS)[number];

/** Writes flows as lines of text with all CIC_COLUMNS. */
export interface FlowWriter {
  /** Adds the flow whose record begins at word `base`. */
  write(memory: FlowMemory, base: number): void;
  /** Hands the text so far on. */
  flush(): void;
}

/** What the corrected CICFlowMeter writes as label of every flow. */
const LABEL = 'NeedManualLabel';
const BUFFER_BYTES = 256 * 1024;
/** Columns before the vector. */
const FIRST_VALUE = 7;
const COMMA = 44;
const ZERO = 48;
/** No line is longer. */
const LONGEST_LINE_BYTES = 8 * 1024;

/** Text goes to `send` in large pieces, which are reused after it returns. */
export function createFlowWriter(format: FlowFormat, send: (bytes: Uint8Array) => void): FlowWriter {
  const buffer = createTextBuffer(BUFFER_BYTES);
  const values = new Float64Array(CIC_WIDTH);
  const layout = format === 'csv' ? csvLayout() : jsonLayout();
  const singles = createSinglePacketTexts();
  writeText(buffer, layout.header);

  function flush(): void {
    if (buffer.length > 0) send(buffer.bytes.subarray(0, buffer.length));
    buffer.length = 0;
  }

  return {
    flush,
    write(memory, base) {
      if (buffer.length > BUFFER_BYTES - LONGEST_LINE_BYTES) flush();
      writeNames(buffer, layout, memory, base);
      writeRest(buffer, layout, memory, base, values, singles);
    },
  };
}

/** The text around the values of a line. */
interface Layout {
  readonly isCsv: boolean;
  readonly header: string;
  /** Before each column: seven that name the flow, then the vector, then the label. */
  readonly before: readonly Uint8Array[];
  readonly end: string;
}

function csvLayout(): Layout {
  const before = CIC_COLUMNS.map((_, column) => Buffer.from(column === 0 ? '' : ','));
  return { isCsv: true, header: `${CIC_COLUMNS.join(',')}\n`, before, end: '\n' };
}

function jsonLayout(): Layout {
  const isText = new Set(['Flow ID', 'Src IP', 'Dst IP', 'Timestamp', 'Label']);
  const before = CIC_COLUMNS.map((name, column) => {
    const previous = column === 0 ? '{' : isText.has(CIC_COLUMNS[column - 1]) ? '",' : ',';
    return Buffer.from(`${previous}${JSON.stringify(name)}:${isText.has(name) ? '"' : ''}`);
  });
  return { isCsv: false, header: '', before, end: '"}\n' };
}

/** The columns that name the flow. */
function writeNames(buffer: TextBuffer, layout: Layout, memory: FlowMemory, base: number): void {
  const { i32, f64 } = memory;
  const { before } = layout;
  const flowState = i32[base + FLOW_STATE];
  const clientHigh = (flowState & FLOW_STATE_CLIENT_HIGH) !== 0;
  const idHigh = (flowState & FLOW_STATE_ID_HIGH) !== 0;
  const lowPort = i32[base + FLOW_PORTS] >>> 16;
  const highPort = i32[base + FLOW_PORTS] & 0xffff;

  let column = 0;
  writeBytes(buffer, before[column++]);
  writeFlowId(buffer, memory, base, idHigh, idHigh ? highPort : lowPort, idHigh ? lowPort : highPort);
  writeBytes(buffer, before[column++]);
  writeAddressText(buffer, memory, base, clientHigh);
  writeBytes(buffer, before[column++]);
  writeInteger(buffer, clientHigh ? highPort : lowPort);
  writeBytes(buffer, before[column++]);
  writeAddressText(buffer, memory, base, !clientHigh);
  writeBytes(buffer, before[column++]);
  writeInteger(buffer, clientHigh ? lowPort : highPort);
  writeBytes(buffer, before[column++]);
  writeInteger(buffer, i32[base + FLOW_KIND] & 0xff);
  writeBytes(buffer, before[column++]);
  writeTimestamp(buffer, f64[(base >> 1) + FLOW_START_F64]);
}

/** The vector, the label, and the end of the line. */
function writeRest(
  buffer: TextBuffer,
  layout: Layout,
  memory: FlowMemory,
  base: number,
  values: Float64Array,
  singles: SinglePacketTexts,
): void {
  const place = singlePacketPlace(singles, memory, base);
  if (place >= 0 && copyText(singles, place, buffer)) return;
  const start = buffer.length;
  writeCicVector(memory, base, values, 0);
  if (layout.isCsv) writeCsvValues(buffer, values);
  else {
    for (let value = 0; value < CIC_WIDTH; value++) {
      writeBytes(buffer, layout.before[FIRST_VALUE + value]);
      writeNumber(buffer, values[value]);
    }
  }
  writeBytes(buffer, layout.before[FIRST_VALUE + CIC_WIDTH]);
  writeText(buffer, LABEL);
  writeText(buffer, layout.end);
  if (place >= 0) keepText(singles, place, buffer, start);
}

/** Most values of most flows are a single digit: those take no call. */
function writeCsvValues(buffer: TextBuffer, values: Float64Array): void {
  const { bytes } = buffer;
  let length = buffer.length;
  for (let i = 0; i < CIC_WIDTH; i++) {
    const value = values[i];
    bytes[length++] = COMMA;
    if (value >= 0 && value < 10 && (value | 0) === value) {
      bytes[length++] = ZERO + value;
      continue;
    }
    buffer.length = length;
    writeNumber(buffer, value);
    length = buffer.length;
  }
  buffer.length = length;
}

function writeBytes(buffer: TextBuffer, bytes: Uint8Array): void {
  if (bytes.length === 1) buffer.bytes[buffer.length++] = bytes[0];
  else {
    buffer.bytes.set(bytes, buffer.length);
    buffer.length += bytes.length;
  }
}
