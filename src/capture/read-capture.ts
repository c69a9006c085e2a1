/**
 * Capture: bytes of a pcap or pcapng capture come in, batches of decoded packets go out. The batch and the read buffer
 * belong to the parser and are reused; whoever gets a batch reads it during the call.
 */
import type { PacketBatch } from '#core/packet-batch.ts';
import { openByteSource } from './byte-source.ts';
import type { CaptureCounters } from './drops.ts';
import { createCaptureParser } from './parser.ts';
import type { TunnelSettings } from './tunnels.ts';

/**
 * Reads a whole capture (a path, or `-` for standard input), or until `stopped` says so. Throws `bad-input` for a file
 * that is missing, no capture or damaged; what was whole before the damage has been handed on then. `cut` tells that it
 * ended inside a packet, which is counted as a drop. Without `config` tunnels are left closed.
 */
export function readCapture(options: {
  readonly path: string;
  readonly counters: CaptureCounters;
  readonly onBatch: (batch: PacketBatch) => void;
  readonly stopped?: () => boolean;
  readonly config?: TunnelSettings | undefined;
}): { readonly cut: boolean } {
  const source = openByteSource(options.path);
  const { counters, onBatch, config } = options;
  const parser = createCaptureParser({ name: source.name, counters, onBatch, config });
  try {
    while (options.stopped?.() !== true) {
      const length = source.read(parser.room());
      if (length === 0) return parser.end();
      parser.advance(length);
    }
    return { cut: false };
  } finally {
    source.close();
  }
}
