import type { NumberText } from './number-text.ts';
import { textBytes } from './text-buffer.ts';

/** Points in time as text at byte `at` of a buffer. */
export interface TimestampText {
  /**
   * The time at `place`, whole microseconds since the epoch and at most 8e15, as `yyyy-MM-dd HH:mm:ss` in UTC, with a
   * fraction of three or six digits where there is one. Returns the byte after it, and may touch three bytes more.
   */
  readonly writeTimestamp: (at: number, times: Float64Array, place: number) => number;
}

const DOT = 46;
const ZERO = 48;
const SECONDS_A_DAY = 86_400;
const SECOND_BYTES = 19;

/** Writes times into the buffer that `view` looks at and `numbers` writes into; made for it as createNumberText is. */
export function createTimestampText(view: DataView, { writeTwo, writeFour }: NumberText): TimestampText {
  // The text of the second last written, which most rows share with the row before, and a byte more.
  const kept = textBytes('0000-00-00 00:00:00.');
  const keptView = new DataView(kept.buffer);
  let keptSecond = -1;
  let keptDay = -1;

  function writeTimestamp(at: number, times: Float64Array, place: number): number {
    const timeUs = times[place];
    const second = Math.floor(timeUs / 1e6);
    const micros = (timeUs - second * 1e6) | 0;
    if (second !== keptSecond) keepSecond(second);
    for (let byte = 0; byte < SECOND_BYTES; byte += 4) view.setInt32(at + byte, keptView.getInt32(byte, true), true);
    const dot = at + SECOND_BYTES;
    if (micros === 0) return dot;
    const high = (micros / 10_000) | 0;
    view.setUint8(dot, DOT);
    writeTwo(dot + 1, high);
    writeFour(dot + 3, micros - high * 10_000);
    return micros % 1000 === 0 ? dot + 4 : dot + 7;
  }

  function keepSecond(second: number): void {
    keptSecond = second;
    const day = Math.floor(second / SECONDS_A_DAY);
    if (day !== keptDay) {
      keptDay = day;
      kept.set(textBytes(new Date(day * SECONDS_A_DAY * 1000).toISOString().slice(0, 10)));
    }
    const ofDay = second - day * SECONDS_A_DAY;
    const minute = (ofDay / 60) | 0;
    const hour = (minute / 60) | 0;
    keepTwo(11, hour);
    keepTwo(14, minute - hour * 60);
    keepTwo(17, ofDay - minute * 60);
  }

  function keepTwo(at: number, value: number): void {
    const tens = (value / 10) | 0;
    kept[at] = ZERO + tens;
    kept[at + 1] = ZERO + value - tens * 10;
  }

  return { writeTimestamp };
}
