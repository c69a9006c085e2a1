/** One frame through the decoder, for tests: its result and its fields by name. */
import {
  createPacketBatch,
  PACKET_DESTINATION,
  PACKET_IPV6,
  PACKET_KIND,
  PACKET_PAYLOAD,
  PACKET_PORTS,
  PACKET_SEQUENCE,
  PACKET_SOURCE,
  PACKET_WINDOW,
} from '#core/packet-batch.ts';
import { CaptureConfig } from '#capture/config.ts';
import { decodeFrame } from '#capture/decode.ts';
import { DROP_REASONS, USED, type DropReason } from '#capture/drops.ts';
import { LINK_ETHERNET } from '#capture/link-layer.ts';
import { createTunnels, type Tunnels, type TunnelSettings } from '#capture/tunnels.ts';

/** What was made of a frame; only `result` means something where it is a drop. */
export interface Decoded {
  readonly result: 'used' | DropReason;
  readonly protocol: number;
  readonly flags: number;
  readonly headerBytes: number;
  readonly isIpv6: boolean;
  readonly source: number;
  readonly destination: number;
  readonly ports: readonly [number, number];
  readonly payload: number;
  readonly sequence: number;
  readonly window: number;
  readonly interface: number;
}

/** Tunnels that are looked into, with default ports unless told otherwise. */
export function openTunnels(settings: Partial<TunnelSettings> = {}): Tunnels | null {
  return createTunnels(CaptureConfig.parse({ tunnels: 'inner', ...settings }));
}

/**
 * Decodes a frame that ends where its memory ends, so that to read past it throws, into a record full of what another
 * packet left there.
 */
export function decodeOne(
  frame: Buffer,
  options: { linkType?: number; wireLength?: number; tunnels?: Tunnels | null } = {},
): Decoded {
  const view = new DataView(Uint8Array.from(frame).buffer);
  const batch = createPacketBatch(1);
  batch.i32.fill(0x5a5a5a5a);
  const { linkType = LINK_ETHERNET, wireLength = frame.length, tunnels = null } = options;
  const code = decodeFrame(view, 0, frame.length, wireLength, linkType, batch, tunnels);
  const words = batch.i32;
  return {
    result: code === USED ? 'used' : DROP_REASONS[code - 1],
    protocol: words[PACKET_KIND] & 0xff,
    flags: (words[PACKET_KIND] >>> 8) & 0xff,
    headerBytes: (words[PACKET_KIND] >>> 16) & 0xff,
    isIpv6: (words[PACKET_KIND] & PACKET_IPV6) !== 0,
    source: words[PACKET_SOURCE] >>> 0,
    destination: words[PACKET_DESTINATION] >>> 0,
    ports: [words[PACKET_PORTS] >>> 16, words[PACKET_PORTS] & 0xffff],
    payload: words[PACKET_PAYLOAD],
    sequence: words[PACKET_SEQUENCE] >>> 0,
    window: words[PACKET_WINDOW] & 0xffff,
    interface: words[PACKET_WINDOW] >>> 16,
  };
}
