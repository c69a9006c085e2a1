import * as flowRecord from '#core/flow-record.ts';
import type { FlowMemory } from '#core/flow-record.ts';
import type { TextBuffer } from './text-buffer.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const {
  FLOW_ACK,
  FLOW_BACKWARD,
  FLOW_CWR,
  FLOW_EARLIER_F64,
  FLOW_ECE,
  FLOW_FIN,
  FLOW_FORWARD,
  FLOW_ICMP,
  FLOW_KIND,
  FLOW_SYN,
  WAY_BYTES_F64,
  WAY_PACKETS,
  WAY_PSH,
  WAY_RETRANSMISSIONS,
  WAY_RST,
  WAY_SEGMENT_MIN,
  WAY_URG,
  WAY_WINDOW,
} = flowRecord;

/**
 * The values of a flow of one packet follow from few of its fields, and floods and scans are made of such flows: their
 * text is kept and copied. Direct-mapped, so its size is fixed; keys are compared whole. A text is kept when it is wanted
 * the second time in a row at its place, so that a flood of ever different packets does not keep one for each.
 */
export interface SinglePacketTexts {
  readonly keys: Int32Array;
  readonly texts: (Uint8Array | null)[];
  /** The keys last asked for in vain. */
  readonly missed: Int32Array;
  /** The key of the flow last asked for. */
  readonly wanted: Int32Array;
}

const PLACES = 1024;
const KEY_WORDS = 4;
const LONGEST_TEXT_BYTES = 4096;

export function createSinglePacketTexts(): SinglePacketTexts {
  return {
    keys: new Int32Array(PLACES * KEY_WORDS),
    texts: Array.from({ length: PLACES }, () => null),
    missed: new Int32Array(PLACES * KEY_WORDS),
    wanted: new Int32Array(KEY_WORDS),
  };
}

/** Whether the flow is of a single packet that stands alone; its place in the texts, or -1. */
export function singlePacketPlace(texts: SinglePacketTexts, memory: FlowMemory, base: number, ending: number): number {
  const { i32, f64 } = memory;
  const isForward = i32[base + FLOW_FORWARD + WAY_PACKETS] === 1;
  const way = base + (isForward ? FLOW_FORWARD : FLOW_BACKWARD);
  const packets = i32[base + FLOW_FORWARD + WAY_PACKETS] + i32[base + FLOW_BACKWARD + WAY_PACKETS];
  const isPart = f64[(base >> 1) + FLOW_EARLIER_F64] !== 0 || i32[way + WAY_RETRANSMISSIONS] !== 0;
  if (packets !== 1 || isPart) return -1;

  const flags =
    i32[base + FLOW_FIN] |
    (i32[base + FLOW_SYN] << 1) |
    (i32[way + WAY_RST] << 2) |
    (i32[way + WAY_PSH] << 3) |
    (i32[base + FLOW_ACK] << 4) |
    (i32[way + WAY_URG] << 5) |
    (i32[base + FLOW_ECE] << 6) |
    (i32[base + FLOW_CWR] << 7);
  const { wanted } = texts;
  wanted[0] = flags | (isForward ? 1 << 8 : 0) | (ending << 9) | ((i32[base + FLOW_KIND] & 0xff) << 16);
  wanted[1] = f64[(way >> 1) + WAY_BYTES_F64];
  wanted[2] = i32[way + WAY_WINDOW] | (i32[way + WAY_SEGMENT_MIN] << 16);
  wanted[3] = i32[base + FLOW_ICMP];
  const hash = Math.imul(wanted[0] ^ Math.imul(wanted[1] ^ Math.imul(wanted[2] ^ wanted[3], 31), 31), 0x9e3779b1);
  return hash >>> 22;
}

/** Copies the text of the flow last asked for; false if it is not there. */
export function copyText(texts: SinglePacketTexts, place: number, buffer: TextBuffer): boolean {
  const text = texts.texts[place];
  if (text === null || !isWanted(texts, texts.keys, place)) return false;
  buffer.bytes.set(text, buffer.length);
  buffer.length += text.length;
  return true;
}

/** Offers what was written from `start` as the text of the flow last asked for. */
export function keepText(texts: SinglePacketTexts, place: number, buffer: TextBuffer, start: number): void {
  const at = place * KEY_WORDS;
  if (!isWanted(texts, texts.missed, place)) {
    texts.missed.set(texts.wanted, at);
    return;
  }
  if (buffer.length - start > LONGEST_TEXT_BYTES) return;
  texts.keys.set(texts.wanted, at);
  texts.texts[place] = buffer.bytes.slice(start, buffer.length);
}

function isWanted({ wanted }: SinglePacketTexts, keys: Int32Array, place: number): boolean {
  const at = place * KEY_WORDS;
  for (let word = 0; word < KEY_WORDS; word++) if (keys[at + word] !== wanted[word]) return false;
  return true;
}
