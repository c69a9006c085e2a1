import { readPackets } from '../../lab/pcap.ts';

/** The frames of a capture, one value a frame in each column. Addresses are IPv4 as numbers; 0 for any other frame. */
export interface Frames {
  readonly count: number;
  /** Where the frame's record (its 16-byte header first) begins in the file, and where the last one ends. */
  readonly offsets: Float64Array;
  readonly timeUs: Float64Array;
  readonly src: Uint32Array;
  readonly dst: Uint32Array;
  readonly srcPort: Uint16Array;
  readonly dstPort: Uint16Array;
  readonly protocol: Uint8Array;
  /** Frames of one 5-tuple, both directions, have one number. */
  readonly conversation: Uint32Array;
  /** 1 for the first frame of its conversation. */
  readonly opens: Uint8Array;
}

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** Reads a capture that tcpdump wrote on this machine; errors as lab/pcap.ts says. */
export function readFrames(file: Buffer): Frames {
  const most = Math.ceil(file.length / RECORD_HEADER_BYTES);
  const offsets: number[] = [];
  const timeUs = new Float64Array(most);
  const src = new Uint32Array(most);
  const dst = new Uint32Array(most);
  const srcPort = new Uint16Array(most);
  const dstPort = new Uint16Array(most);
  const protocol = new Uint8Array(most);
  const conversation = new Uint32Array(most);
  const opens = new Uint8Array(most);
  const conversations = new Map<string, number>();

  let offset = FILE_HEADER_BYTES;
  let i = 0;
  for (const head of readPackets(file)) {
    offsets.push(offset);
    offset += RECORD_HEADER_BYTES + file.readUInt32LE(offset + 8);
    timeUs[i] = head.timeUs;
    src[i] = head.src;
    dst[i] = head.dst;
    srcPort[i] = head.srcPort;
    dstPort[i] = head.dstPort;
    protocol[i] = head.protocol;
    const key = conversationKey(src[i], srcPort[i], dst[i], dstPort[i], protocol[i]);
    const known = conversations.get(key);
    conversation[i] = known ?? conversations.size;
    if (known === undefined) {
      opens[i] = 1;
      conversations.set(key, conversations.size);
    }
    i++;
  }
  offsets.push(Math.min(offset, file.length));
  const columns = { timeUs, src, dst, srcPort, dstPort, protocol, conversation, opens };
  return { count: i, offsets: Float64Array.from(offsets), ...columns };
}

/** The capture with only these frames, in the given order. */
export function cutCapture(file: Buffer, { offsets }: Frames, frames: readonly number[]): Buffer {
  const records = frames.map((frame) => file.subarray(offsets[frame], offsets[frame + 1]));
  return Buffer.concat([file.subarray(0, FILE_HEADER_BYTES), ...records]);
}

function conversationKey(src: number, srcPort: number, dst: number, dstPort: number, protocol: number): string {
  const low = src < dst || (src === dst && srcPort <= dstPort);
  return low ? `${src}:${srcPort} ${dst}:${dstPort} ${protocol}` : `${dst}:${dstPort} ${src}:${srcPort} ${protocol}`;
}
