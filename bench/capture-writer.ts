import { closeSync, openSync, writeSync } from 'node:fs';
import { LONGEST_FRAME_BYTES, writeFrame, type PacketToWrite } from './frame.ts';

/** Takes packets in the order of their times. */
export interface CaptureWriter {
  write(packet: PacketToWrite): void;
  close(): void;
}

export const PCAP_HEADER_BYTES = 24;
export const PCAP_RECORD_BYTES = 16;

const BUFFER_BYTES = 512 * 1024;

/** Writes an Ethernet pcap in microseconds, to a path or to standard output (`-`), at most `snaplen` bytes a packet. */
export function createCaptureWriter(path: string, snaplen: number): CaptureWriter {
  const descriptor = path === '-' ? 1 : openSync(path, 'w');
  const bytes = new Uint8Array(BUFFER_BYTES);
  const view = new DataView(bytes.buffer);
  writeFileHeader(view, snaplen);
  let length = PCAP_HEADER_BYTES;

  function flush(): void {
    for (let written = 0; written < length;) written += writeSync(descriptor, bytes, written, length - written);
    length = 0;
  }

  return {
    write(packet) {
      if (length > BUFFER_BYTES - PCAP_RECORD_BYTES - LONGEST_FRAME_BYTES) flush();
      const wireLength = writeFrame(bytes, view, length + PCAP_RECORD_BYTES, packet);
      const captured = Math.min(wireLength, snaplen);
      const seconds = Math.floor(packet.timeUs / 1e6);
      view.setUint32(length, seconds, true);
      view.setUint32(length + 4, packet.timeUs - seconds * 1e6, true);
      view.setUint32(length + 8, captured, true);
      view.setUint32(length + 12, wireLength, true);
      length += PCAP_RECORD_BYTES + captured;
    },
    close() {
      flush();
      if (path !== '-') closeSync(descriptor);
    },
  };
}

function writeFileHeader(view: DataView, snaplen: number): void {
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snaplen, true);
  view.setUint32(20, 1, true);
}
