/** What a packet may carry at most beside a TCP header with timestamps, in a frame of 1514 bytes. */
export const LONGEST_PAYLOAD = 1448;

/** Every payload is the beginning of this, so that its checksum is known beforehand. */
const PATTERN = Buffer.from('the quick brown fox jumps over the lazy dog; '.repeat(33)).subarray(0, LONGEST_PAYLOAD);
const SUMS = prefixSums(PATTERN);

/** Writes `length` bytes of payload, at most LONGEST_PAYLOAD. */
export function writePayload(bytes: Uint8Array, at: number, length: number): void {
  if (length > 0) PATTERN.copy(bytes, at, 0, length);
}

/** Sum of the payload's 16-bit words, the last one padded with a zero (RFC 1071). */
export function payloadSum(length: number): number {
  return SUMS[length];
}

function prefixSums(bytes: Uint8Array): Uint32Array {
  const sums = new Uint32Array(bytes.length + 1);
  bytes.forEach((byte, i) => (sums[i + 1] = sums[i] + (i % 2 === 0 ? byte << 8 : byte)));
  return sums;
}
