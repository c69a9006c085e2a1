import * as packetBatch from '#core/packet-batch.ts';
import type { PacketBatch } from '#core/packet-batch.ts';
import { decodeIp } from './decode-ip.ts';
import * as drops from './drops.ts';
import { dropCode } from './drops.ts';
import * as linkLayer from './link-layer.ts';
import { findIpHeader } from './link-layer.ts';
import type { Tunnels } from './tunnels.ts';

// V8 reads an imported binding from memory each time it is used; constants of the module itself it knows.
const { PACKET_WINDOW, PACKET_WORDS } = packetBatch;
const { USED } = drops;
const { CUT_SHORT, LINK_COOKED_V2 } = linkLayer;

const NOT_IP_DROP = dropCode('not-ip');
const TRUNCATED = dropCode('truncated');

/**
 * Decodes one frame into the batch's next record (`count` is left alone, the time is the caller's to write). `captured`
 * bytes lie at `offset` of the view; `wireLength` is the frame's length on the wire. With `tunnels` the packet inside a
 * tunnel is the one that is decoded; null: the outer one always. Returns USED or a drop code.
 */
export function decodeFrame(
  view: DataView,
  offset: number,
  captured: number,
  wireLength: number,
  linkType: number,
  batch: PacketBatch,
  tunnels: Tunnels | null,
): number {
  const ip = findIpHeader(view, offset, captured, linkType);
  if (ip < 0) return ip === CUT_SHORT ? TRUNCATED : NOT_IP_DROP;

  const words = batch.i32;
  const record = batch.count * PACKET_WORDS;
  const result = decodeIp(view, ip, offset + captured, offset + wireLength, words, record, tunnels);
  // Cooked frames of version 2 alone say which interface they were seen on.
  if (linkType === LINK_COOKED_V2 && result === USED) {
    words[record + PACKET_WINDOW] |= interfaceNumber(view.getUint32(offset + 4)) << 16;
  }
  return result;
}

/** Interface indexes below 65536 stay what they are; greater ones wrap around, and neighbours stay different. */
function interfaceNumber(index: number): number {
  return index === 0 ? 0 : ((index - 1) % 65_535) + 1;
}
