import { textWord } from './text-buffer.ts';

/** Numbers as text at byte `at` of a buffer; all return the byte after what they wrote, and may touch three bytes more. */
export interface NumberText {
  /** The numbers at these places in turn, a comma after each. */
  readonly writeNumbers: (at: number, numbers: Float64Array, places: Uint8Array) => number;
  /**
   * The number at `place`, and a comma. Integers are written as they are, others with nine decimals from 1 upwards and
   * fifteen below, without trailing zeros, so that the relative error stays below 1e-9 (down to 1e-6 in size; smaller
   * ones are written exactly). The number itself is no argument: handing on a double may cost an object.
   */
  readonly writeNumber: (at: number, numbers: Float64Array, place: number) => number;
  /** An integer of 32 bits, and a comma. */
  readonly writeInteger: (at: number, value: number) => number;
  /** Two digits, leading zeros included, of an integer below 100. */
  readonly writeTwo: (at: number, value: number) => number;
  /** Four digits, leading zeros included, of an integer below 10,000. */
  readonly writeFour: (at: number, value: number) => number;
}

const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;

/** `-1,`, `0,` and so on to `999,`, and how many bytes each has. */
const SHORT_CELLS = Int32Array.from({ length: 1001 }, (_, place) => textWord(`${place - 1},`));
const SHORT_BYTES = Uint8Array.from({ length: 1001 }, (_, place) => `${place - 1},`.length);
/** `0000` to `9999`. */
const FOUR_DIGITS = Int32Array.from({ length: 10_000 }, (_, value) => textWord(String(value).padStart(4, '0')));

/**
 * Writes numbers into the buffer that `view` looks at. The functions are made for it: V8 leaves out most of what it
 * would have to check at each byte of a view that is an argument, which is a sixth of the time of a row.
 */
export function createNumberText(view: DataView): NumberText {
  function writeNumbers(at: number, numbers: Float64Array, places: Uint8Array): number {
    for (let i = 0; i < places.length; i++) at = writeNumber(at, numbers, places[i]);
    return at;
  }

  function writeNumber(at: number, numbers: Float64Array, place: number): number {
    const value = numbers[place];
    const whole = value | 0;
    if (whole !== value) return writeLongNumber(at, numbers, place);
    if (whole < -1 || whole >= 1000) return writeInteger(at, whole);
    view.setInt32(at, SHORT_CELLS[whole + 1], true);
    return at + SHORT_BYTES[whole + 1];
  }

  function writeInteger(at: number, value: number): number {
    if (value >= 0) return endNumber(writeDigits(at, value));
    view.setUint8(at, MINUS);
    return endNumber(writeDigits(at + 1, -value));
  }

  /** What is no integer of 32 bits. */
  function writeLongNumber(at: number, numbers: Float64Array, place: number): number {
    const value = numbers[place];
    const size = Math.abs(value);
    let whole = Math.floor(size);
    const isPlain = whole === size ? size <= Number.MAX_SAFE_INTEGER : size >= 1e-6 && size <= 1e15;
    if (!isPlain) return writeText(at, `${value},`);

    if (value < 0) view.setUint8(at++, MINUS);
    if (whole === 0) {
      const decimals = Math.round(size * 1e15);
      if (decimals === 1e15) return writeInteger(at, 1);
      const high = Math.floor(decimals / 1e8);
      return writeFraction(at, high | 0, (decimals - high * 1e8) | 0);
    }
    let decimals = Math.round((size - whole) * 1e9) | 0;
    if (decimals === 1e9) {
      whole++;
      decimals = 0;
    }
    let end: number;
    if (whole < 1e8) end = writeDigits(at, whole | 0);
    else {
      const high = Math.floor(whole / 1e8);
      end = writeEight(writeDigits(at, high | 0), (whole - high * 1e8) | 0);
    }
    return decimals === 0 ? endNumber(end) : writeDecimals(end, decimals);
  }

  /** The point and nine decimals. */
  function writeDecimals(at: number, decimals: number): number {
    const first = (decimals / 1e8) | 0;
    view.setInt16(at, DOT | ((ZERO + first) << 8), true);
    return endDecimals(writeEight(at + 2, decimals - first * 1e8));
  }

  /** `0.` and fifteen decimals: seven, then eight. */
  function writeFraction(at: number, high: number, low: number): number {
    // Seven digits are eight, of which the dot takes the first one's place.
    writeEight(at + 1, high);
    view.setInt16(at, ZERO | (DOT << 8), true);
    return endDecimals(writeEight(at + 9, low));
  }

  /** Cuts trailing zeros; there is another digit among the decimals. */
  function endDecimals(end: number): number {
    while (view.getUint8(end - 1) === ZERO) end--;
    return endNumber(end);
  }

  function endNumber(end: number): number {
    view.setUint8(end, COMMA);
    return end + 1;
  }

  /** Digits of an integer from 0 to 2^31, without leading zeros. */
  function writeDigits(at: number, value: number): number {
    if (value < 10_000) return writeUpToFour(at, value);
    const high = (value / 10_000) | 0;
    const low = value - high * 10_000;
    if (high < 10_000) return writeFour(writeUpToFour(at, high), low);
    const top = (high / 10_000) | 0;
    return writeFour(writeFour(writeUpToFour(at, top), high - top * 10_000), low);
  }

  function writeUpToFour(at: number, value: number): number {
    if (value >= 1000) return writeFour(at, value);
    view.setInt32(at, SHORT_CELLS[value + 1], true);
    return at + SHORT_BYTES[value + 1] - 1;
  }

  function writeEight(at: number, value: number): number {
    const high = (value / 10_000) | 0;
    writeFour(at, high);
    return writeFour(at + 4, value - high * 10_000);
  }

  function writeFour(at: number, value: number): number {
    view.setInt32(at, FOUR_DIGITS[value], true);
    return at + 4;
  }

  function writeTwo(at: number, value: number): number {
    view.setInt16(at, FOUR_DIGITS[value] >>> 16, true);
    return at + 2;
  }

  /** So rare that a string may be made. */
  function writeText(at: number, text: string): number {
    for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
    return at + text.length;
  }

  return { writeNumbers, writeNumber, writeInteger, writeTwo, writeFour };
}
