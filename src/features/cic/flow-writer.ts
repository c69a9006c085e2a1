/** Flow text: flow records come in, lines of text go out, in one buffer that the writer owns and reuses. */
import { CIC_WIDTH } from '#core/feature-batch.ts';
import type { FlowMemory } from '#core/flow-record.ts';
import type { FlowColumnSet } from './column-sets.ts';
import { lineLayout, type FlowFormat, type LineLayout } from './line-layout.ts';
import { createNameCells } from './name-cells.ts';
import { createNumberText, type NumberText } from './number-text.ts';
import { copyText, createSinglePacketTexts, keepText, singlePacketPlace } from './single-packet-text.ts';
import { createTextBuffer, type TextBuffer } from './text-buffer.ts';
import { writeCicVector } from './vector.ts';

/** Writes flows as lines of text. */
export interface FlowWriter {
  /** Adds the flow whose record begins at word `base`; `ending` is an index into FLOW_ENDINGS. */
  write(memory: FlowMemory, base: number, ending: number): void;
  /** Hands the text so far on. */
  flush(): void;
}

const BUFFER_BYTES = 256 * 1024;
/** No line is longer. */
const LONGEST_LINE_BYTES = 8 * 1024;

/**
 * A writer of lines with these columns. The text goes to `send` in large pieces, which are reused after it returns.
 * Nothing is allocated for a line.
 */
export function createFlowWriter(options: {
  readonly columns: FlowColumnSet;
  readonly format: FlowFormat;
  readonly send: (bytes: Uint8Array) => void;
}): FlowWriter {
  const layout = lineLayout(options.columns, options.format);
  const buffer = createTextBuffer(BUFFER_BYTES);
  const numbers = createNumberText(buffer.view);
  const { appendNames } = createNameCells(buffer, layout, numbers);
  const { appendValues } = createValueCells(buffer, layout, numbers);
  const singles = createSinglePacketTexts();
  append(buffer, layout.header);

  function flush(): void {
    if (buffer.length > 0) options.send(buffer.bytes.subarray(0, buffer.length));
    buffer.length = 0;
  }

  return {
    flush,
    write(memory, base, ending) {
      if (buffer.length > BUFFER_BYTES - LONGEST_LINE_BYTES) flush();
      appendNames(memory, base);
      const place = singlePacketPlace(singles, memory, base, ending);
      if (place >= 0 && copyText(singles, place, buffer)) return;
      const start = buffer.length;
      appendValues(memory, base);
      buffer.length -= layout.cut;
      append(buffer, layout.tails[ending]);
      if (place >= 0) keepText(singles, place, buffer, start);
    },
  };
}

interface ValueCells {
  /** Appends the cells from the CIC vector, a comma after each. */
  readonly appendValues: (memory: FlowMemory, base: number) => void;
}

function createValueCells(buffer: TextBuffer, layout: LineLayout, numbers: NumberText): ValueCells {
  const { names, values, keys } = layout;
  const { writeNumber, writeNumbers } = numbers;
  const vector = new Float64Array(CIC_WIDTH);
  return {
    appendValues(memory, base) {
      writeCicVector(memory, base, vector, 0);
      if (keys === null) {
        buffer.length = writeNumbers(buffer.length, vector, values);
        return;
      }
      for (let column = 0; column < values.length; column++) {
        append(buffer, keys[names.length + column]);
        buffer.length = writeNumber(buffer.length, vector, values[column]);
      }
    },
  };
}

function append(buffer: TextBuffer, bytes: Uint8Array): void {
  buffer.bytes.set(bytes, buffer.length);
  buffer.length += bytes.length;
}
