/**
 * The floor in our own runtime: reads a pcap (little endian) and walks its record headers, and does nothing with the
 * packets. `node bench/read-loop.ts FILE` prints their number and bytes.
 */
import { openSync, readSync } from 'node:fs';
import { PCAP_HEADER_BYTES, PCAP_RECORD_BYTES } from './capture-writer.ts';

const BUFFER_BYTES = 512 * 1024;

const [path = ''] = process.argv.slice(2);
process.stdout.write(`${walk(openSync(path, 'r'))}\n`);

function walk(descriptor: number): string {
  const buffer = new Uint8Array(BUFFER_BYTES);
  const view = new DataView(buffer.buffer);
  let packets = 0;
  let bytes = 0;
  let at = PCAP_HEADER_BYTES;
  let end = 0;
  for (;;) {
    const read = readSync(descriptor, buffer, end, BUFFER_BYTES - end, null);
    if (read === 0) return `${packets} packets, ${bytes} bytes`;
    end += read;
    while (at + PCAP_RECORD_BYTES <= end) {
      const next = at + PCAP_RECORD_BYTES + view.getUint32(at + 8, true);
      if (next > end) break;
      bytes += view.getUint32(at + 12, true);
      packets++;
      at = next;
    }
    buffer.copyWithin(0, at, end);
    end -= at;
    at = 0;
  }
}
