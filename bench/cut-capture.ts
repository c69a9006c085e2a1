import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { PCAP_HEADER_BYTES, PCAP_RECORD_BYTES } from './capture-writer.ts';

/** Copies the first `packets` packets of a pcap (little endian) of at least so many. */
export function cutCapture(from: string, to: string, packets: number): void {
  const source = openSync(from, 'r');
  const target = openSync(to, 'w');
  copy(source, target, PCAP_HEADER_BYTES);
  for (let packet = 0; packet < packets; packet++) {
    const header = copy(source, target, PCAP_RECORD_BYTES);
    copy(source, target, header.readUInt32LE(8));
  }
  closeSync(source);
  closeSync(target);
}

function copy(source: number, target: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readSync(source, bytes) !== length) throw new Error('while cutting a capture: it has fewer packets');
  writeSync(target, bytes);
  return bytes;
}
