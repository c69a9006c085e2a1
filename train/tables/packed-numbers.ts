import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { KubeSecureError } from '#core/error.ts';

/** What a column's numbers are written as: whole numbers, 32-bit floats, or such floats with 10 bits behind the point. */
export type NumberKind = 'whole' | 'float' | 'rounded';

/** Bits of a float's mantissa that are dropped: a rounded number has a relative error of at most 2^-11. */
const DROPPED_BITS = { float: 0, rounded: 13 };

/**
 * Packs `values` as the differences from those at `references` (an index below the own one, or -1 for none), in byte planes, compressed.
 * Without references the numbers themselves are packed. Throws `internal` for a number that is not whole or too large
 * for its kind.
 */
export function packNumbers(
  values: Float64Array,
  kind: NumberKind,
  references: Int32Array | null,
  quality: number,
): Buffer {
  const symbols = kind === 'whole' ? wholeSymbols(values) : floatSymbols(values, DROPPED_BITS[kind]);
  const folded = new Float64Array(symbols.length);
  let most = 0;
  for (let i = 0; i < symbols.length; i++) {
    const base = references === null || references[i] < 0 ? 0 : symbols[references[i]];
    folded[i] = fold(symbols[i] - base);
    if (folded[i] > most) most = folded[i];
  }
  const planes = planesOf(most);
  const bytes = new Uint8Array(planes * folded.length);
  for (let plane = 0, unit = 1; plane < planes; plane++, unit *= 256) {
    for (let i = 0; i < folded.length; i++) bytes[plane * folded.length + i] = Math.floor(folded[i] / unit) % 256;
  }
  return compress(bytes, quality);
}

/** The numbers that packNumbers was given; as near as their kind is. Throws `bad-input` where they do not fit `count`. */
export function unpackNumbers(
  packed: Uint8Array,
  kind: NumberKind,
  references: Int32Array | null,
  count: number,
): Float64Array {
  const bytes = decompress(packed);
  if (count === 0 ? bytes.length > 0 : bytes.length % count !== 0) {
    throw new KubeSecureError('bad-input', `${bytes.length} bytes are no planes of ${count} numbers`);
  }
  const planes = count === 0 ? 0 : bytes.length / count;
  const symbols = new Float64Array(count);
  for (let plane = 0, unit = 1; plane < planes; plane++, unit *= 256) {
    for (let i = 0; i < count; i++) symbols[i] += bytes[plane * count + i] * unit;
  }
  for (let i = 0; i < count; i++) {
    const base = references === null || references[i] < 0 ? 0 : symbols[references[i]];
    symbols[i] = unfold(symbols[i]) + base;
  }
  return kind === 'whole' ? symbols : fromFloatSymbols(symbols, DROPPED_BITS[kind]);
}

/** Brotli at this quality, 0 to 11. */
export function compress(bytes: Uint8Array, quality: number): Buffer {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

/** Throws `bad-input` for bytes that `compress` did not make. */
export function decompress(bytes: Uint8Array): Buffer {
  try {
    return brotliDecompressSync(bytes);
  } catch (error) {
    throw new KubeSecureError('bad-input', 'the compressed bytes are damaged', { cause: error });
  }
}

function wholeSymbols(values: Float64Array): Float64Array {
  const wrong = values.find((value) => !Number.isSafeInteger(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER / 4);
  if (wrong !== undefined) {
    throw new KubeSecureError('internal', `while packing a table's whole numbers: ${wrong} is not one, or too large`);
  }
  return values;
}

/** A float's sign, exponent and upper bits as one number: neighbouring numbers are neighbouring floats. */
function floatSymbols(values: Float64Array, droppedBits: number): Float64Array {
  const floats = new Float32Array(values);
  const bits = new Uint32Array(floats.buffer);
  const symbols = new Float64Array(values.length);
  for (let i = 0; i < symbols.length; i++) {
    if (!Number.isFinite(floats[i])) {
      throw new KubeSecureError('internal', `while packing a table's numbers: ${values[i]} is not finite`);
    }
    symbols[i] = Math.round(bits[i] / 2 ** droppedBits);
  }
  return symbols;
}

function fromFloatSymbols(symbols: Float64Array, droppedBits: number): Float64Array {
  const bits = new Uint32Array(symbols.length);
  for (let i = 0; i < bits.length; i++) bits[i] = symbols[i] * 2 ** droppedBits;
  return new Float64Array(new Float32Array(bits.buffer));
}

/** Signed numbers as unsigned ones, small ones first: 0, -1, 1, -2, ... */
function fold(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function unfold(folded: number): number {
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}

function planesOf(most: number): number {
  let planes = 0;
  for (let rest = most; rest > 0; rest = Math.floor(rest / 256)) planes++;
  return planes;
}
