import { randomFillSync } from 'node:crypto';

/**
 * A new unique id that sorts by time: a UUID of version 7 (RFC 9562), 48 bits of milliseconds followed by 74 random
 * bits. Two ids of the same millisecond come in no particular order.
 * @param nowMs milliseconds since the epoch, 0 to 2^48 - 1
 */
export function newId(nowMs: number): string {
  const bytes = randomFillSync(Buffer.alloc(16));
  bytes.writeUIntBE(Math.floor(nowMs), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
