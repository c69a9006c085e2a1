import { expect, test } from 'vitest';
import { createPacketStream } from './packet-stream.ts';

/** An IPv4 packet of `bytes` bytes, filled with `fill`. */
function packet(bytes: number, fill: number): Buffer {
  const buffer = Buffer.alloc(bytes, fill);
  buffer[0] = 0x45;
  buffer.writeUInt16BE(bytes, 2);
  return buffer;
}

const ipv6 = Buffer.alloc(48, 7);
ipv6[0] = 0x60;
ipv6.writeUInt16BE(8, 4);
const PACKETS = [packet(20, 1), packet(1_500, 2), ipv6, packet(576, 3)];
const STREAM = Buffer.concat(PACKETS);

test.each([1, 2, 3, 7, 100, 1_499, 4_096])('packets come out whole from chunks of %d bytes', (chunkBytes) => {
  const seen: Buffer[] = [];
  const accept = createPacketStream((one) => seen.push(Buffer.from(one)));
  for (let start = 0; start < STREAM.length; start += chunkBytes) accept(STREAM.subarray(start, start + chunkBytes));
  expect(seen).toEqual(PACKETS);
});

test.each([
  ['of another protocol', Buffer.from([0x15, 0, 0, 20])],
  ['of a length below its header', Buffer.from([0x45, 0, 0, 19])],
])('bytes %s are an error, not a packet', (_name, bytes) => {
  expect(() => createPacketStream(() => {})(bytes)).toThrow('begins no IP packet');
});
