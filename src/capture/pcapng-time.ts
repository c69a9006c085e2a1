/** How an interface's timestamps count (pcapng's if_tsresol and if_tsoffset). */
export interface Clock {
  /** Ticks of one second are 10 or 2 to the power of `exponent`. */
  readonly base: 2 | 10;
  readonly exponent: number;
  /** Added to each time, seconds. */
  readonly offsetSeconds: number;
}

const OPTION_END = 0;
const OPTION_RESOLUTION = 9;
const OPTION_OFFSET = 14;

/** The clock that the options in [offset, end) describe; microseconds by default. */
export function readInterfaceOptions(view: DataView, offset: number, end: number, littleEndian: boolean): Clock {
  let base: 2 | 10 = 10;
  let exponent = 6;
  let offsetSeconds = 0;
  for (let at = offset; at + 4 <= end;) {
    const code = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    if (code === OPTION_END || at + 4 + length > end) break;
    if (code === OPTION_RESOLUTION && length === 1) {
      const resolution = view.getUint8(at + 4);
      base = resolution & 0x80 ? 2 : 10;
      exponent = resolution & 0x7f;
    }
    if (code === OPTION_OFFSET && length === 8) offsetSeconds = Number(view.getBigInt64(at + 4, littleEndian));
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return { base, exponent, offsetSeconds };
}

const TWO_TO_32 = 4_294_967_296;

/**
 * Microseconds since the epoch, whole ones, of a timestamp in two words. Exact although it may exceed 2^53 ticks, up to
 * times that cannot be; without an object but for clocks finer than any that exists.
 */
export function toMicroseconds(high: number, low: number, clock: Clock): number {
  const { base, exponent } = clock;
  const shift = clock.offsetSeconds * 1e6;
  if (base === 10 && exponent === 6) return high * TWO_TO_32 + low + shift;
  if (base === 10 && exponent < 6) return (high * TWO_TO_32 + low) * 10 ** (6 - exponent) + shift;
  if (base === 10 && exponent <= 12) {
    const divisor = 10 ** (exponent - 6);
    const quotient = Math.floor(TWO_TO_32 / divisor);
    const rest = TWO_TO_32 % divisor;
    return high * quotient + Math.floor((high * rest + low) / divisor) + shift;
  }
  if (base === 2 && exponent <= 32) {
    const perSecond = 2 ** exponent;
    const seconds = high * (TWO_TO_32 / perSecond) + Math.floor(low / perSecond);
    return seconds * 1e6 + Math.floor(((low % perSecond) * 1e6) / perSecond) + shift;
  }
  const ticks = (BigInt(high) << 32n) + BigInt(low);
  const perSecond = BigInt(base) ** BigInt(exponent);
  return Number((ticks * 1_000_000n) / perSecond) + shift;
}
