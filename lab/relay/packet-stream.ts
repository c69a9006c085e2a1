import { KubeSecureError } from '#core/error.ts';

const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;

/**
 * Cuts a stream of IP packets without anything between them into packets, by the length that each header names. The
 * given function is called with a part of the chunk, or of a copy where a packet lay in two. Throws `internal` on bytes
 * that begin no IP packet.
 */
export function createPacketStream(onPacket: (packet: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    while (start < bytes.length) {
      const length = lengthAt(bytes, start);
      if (length === null || start + length > bytes.length) break;
      onPacket(bytes.subarray(start, start + length));
      start += length;
    }
    rest = bytes.subarray(start);
  };
}

/** Null: too little of the header is there. */
function lengthAt(bytes: Buffer, start: number): number | null {
  const version = bytes[start] >> 4;
  if (version === 4) {
    if (start + 4 > bytes.length) return null;
    const length = bytes.readUInt16BE(start + 2);
    if (length >= IPV4_HEADER_BYTES) return length;
  }
  if (version === 6) return start + 6 > bytes.length ? null : IPV6_HEADER_BYTES + bytes.readUInt16BE(start + 4);
  throw new KubeSecureError('internal', `while relaying packets: ${bytes[start]} begins no IP packet`);
}
