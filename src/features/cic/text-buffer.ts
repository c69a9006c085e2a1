/** Bytes of text on their way out. Whoever writes makes sure that there is room. */
export interface TextBuffer {
  readonly bytes: Buffer;
  length: number;
}

const ZERO = 48;
const MINUS = 45;
const DOT = 46;

/** The digits of 0 to 9999, four bytes each. */
const FOUR_DIGITS = fourDigits();

function fourDigits(): Uint8Array {
  const digits = new Uint8Array(40_000);
  for (let value = 0; value < 10_000; value++) digits.set(Buffer.from(String(value).padStart(4, '0')), value * 4);
  return digits;
}

export function createTextBuffer(capacity: number): TextBuffer {
  return { bytes: Buffer.allocUnsafe(capacity), length: 0 };
}

export function writeByte(buffer: TextBuffer, byte: number): void {
  buffer.bytes[buffer.length++] = byte;
}

/** Latin text only: names and addresses. */
export function writeText(buffer: TextBuffer, text: string): void {
  buffer.length += buffer.bytes.write(text, buffer.length, 'latin1');
}

/** An integer of at most 2^53 in size. */
export function writeInteger(buffer: TextBuffer, value: number): void {
  const { bytes } = buffer;
  let rest = value;
  if (rest < 0) {
    bytes[buffer.length++] = MINUS;
    rest = -rest;
  }
  if (rest < 10) bytes[buffer.length++] = ZERO + rest;
  else if (rest < 10_000) writeSmall(buffer, rest);
  else {
    const groups = rest < 1e8 ? rest : Math.floor(rest / 1e8);
    if (groups !== rest) {
      writeInteger(buffer, groups);
      writeEight(buffer, rest - groups * 1e8);
      return;
    }
    const high = (rest / 10_000) | 0;
    writeSmall(buffer, high);
    writeFour(buffer, rest - high * 10_000);
  }
}

/**
 * A finite number: integers as they are, others with nine decimals from 1 upwards and fifteen below, without trailing
 * zeros, so that the relative error stays below 1e-9 (down to 1e-6 in size; smaller ones are written exactly).
 */
export function writeNumber(buffer: TextBuffer, value: number): void {
  if (value === 0) {
    buffer.bytes[buffer.length++] = ZERO;
    return;
  }
  if (Number.isInteger(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
    writeInteger(buffer, value);
    return;
  }
  const size = Math.abs(value);
  if (size < 1e-6 || size > 1e15) {
    writeText(buffer, String(value));
    return;
  }
  if (value < 0) buffer.bytes[buffer.length++] = MINUS;
  if (size >= 1) writeLarge(buffer, size);
  else writeFraction(buffer, size);
}

function writeLarge(buffer: TextBuffer, size: number): void {
  let whole = Math.floor(size);
  let decimals = Math.round((size - whole) * 1e9);
  if (decimals === 1e9) {
    whole++;
    decimals = 0;
  }
  writeInteger(buffer, whole);
  if (decimals === 0) return;
  const { bytes } = buffer;
  bytes[buffer.length++] = DOT;
  const first = (decimals / 1e8) | 0;
  bytes[buffer.length++] = ZERO + first;
  writeEight(buffer, decimals - first * 1e8);
  cutZeros(buffer);
}

function writeFraction(buffer: TextBuffer, size: number): void {
  const decimals = Math.round(size * 1e15);
  if (decimals === 1e15) {
    buffer.bytes[buffer.length++] = ZERO + 1;
    return;
  }
  buffer.bytes[buffer.length++] = ZERO;
  buffer.bytes[buffer.length++] = DOT;
  const high = Math.floor(decimals / 1e8);
  const top = (high / 10_000) | 0;
  writeThree(buffer, top);
  writeFour(buffer, high - top * 10_000);
  writeEight(buffer, decimals - high * 1e8);
  cutZeros(buffer);
}

function cutZeros(buffer: TextBuffer): void {
  while (buffer.bytes[buffer.length - 1] === ZERO) buffer.length--;
}

/** Eight digits, with leading zeros. */
function writeEight(buffer: TextBuffer, value: number): void {
  const high = (value / 10_000) | 0;
  writeFour(buffer, high);
  writeFour(buffer, value - high * 10_000);
}

function writeFour(buffer: TextBuffer, value: number): void {
  const { bytes, length } = buffer;
  const at = value * 4;
  bytes[length] = FOUR_DIGITS[at];
  bytes[length + 1] = FOUR_DIGITS[at + 1];
  bytes[length + 2] = FOUR_DIGITS[at + 2];
  bytes[length + 3] = FOUR_DIGITS[at + 3];
  buffer.length = length + 4;
}

/** Three digits, with leading zeros. */
export function writeThree(buffer: TextBuffer, value: number): void {
  const { bytes, length } = buffer;
  const at = value * 4;
  bytes[length] = FOUR_DIGITS[at + 1];
  bytes[length + 1] = FOUR_DIGITS[at + 2];
  bytes[length + 2] = FOUR_DIGITS[at + 3];
  buffer.length = length + 3;
}

/** Two digits, with a leading zero. */
export function writeTwo(buffer: TextBuffer, value: number): void {
  const { bytes, length } = buffer;
  const at = value * 4;
  bytes[length] = FOUR_DIGITS[at + 2];
  bytes[length + 1] = FOUR_DIGITS[at + 3];
  buffer.length = length + 2;
}

/** Up to four digits, without leading zeros. */
function writeSmall(buffer: TextBuffer, value: number): void {
  const { bytes } = buffer;
  const at = value * 4;
  let length = buffer.length;
  if (value >= 1000) bytes[length++] = FOUR_DIGITS[at];
  if (value >= 100) bytes[length++] = FOUR_DIGITS[at + 1];
  if (value >= 10) bytes[length++] = FOUR_DIGITS[at + 2];
  bytes[length++] = FOUR_DIGITS[at + 3];
  buffer.length = length;
}
