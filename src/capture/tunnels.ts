import { PACKET_WORDS, PROTOCOL_UDP } from '#core/packet-batch.ts';
import type { CaptureConfig } from './config.ts';
import { CUT_SHORT, findIpBehind, NOT_IP } from './link-layer.ts';

/** How deep a packet may lie in tunnels; what is deeper belongs to the flow of the last tunnel that was opened. */
export const MOST_NESTED_TUNNELS = 4;

const PROTOCOL_IPV4 = 4;
const PROTOCOL_IPV6 = 41;
const PROTOCOL_GRE = 47;

const TRANSPARENT_ETHERNET = 0x6558;
const ERSPAN = 0x88be;
const ERSPAN_III = 0x22eb;

const VXLAN = 1;
const GENEVE = 2;

/** The settings that say whether tunnels are looked into. */
export type TunnelSettings = Pick<CaptureConfig, 'tunnels' | 'vxlanPorts' | 'genevePorts'>;

/** What the decoder needs to look into tunnels. */
export interface Tunnels {
  /** Kind of tunnel by UDP destination port; 0: none. */
  readonly kindByPort: Uint8Array;
  /** One packet record for each level of nesting. */
  readonly scratch: Int32Array;
  /** Tunnels around the packet that is being decoded. */
  depth: number;
}

/** Null where the settings leave tunnels closed. */
export function createTunnels(settings: TunnelSettings): Tunnels | null {
  if (settings.tunnels === 'outer') return null;
  const kindByPort = new Uint8Array(65_536);
  for (const port of settings.vxlanPorts) kindByPort[port] = VXLAN;
  for (const port of settings.genevePorts) kindByPort[port] = GENEVE;
  return { kindByPort, scratch: new Int32Array(MOST_NESTED_TUNNELS * PACKET_WORDS), depth: 0 };
}

/**
 * Offset of the IP header inside the packet of a tunnel whose transport header lies at `offset`, or NOT_IP (no tunnel, or
 * one that carries something else here), or CUT_SHORT where `end` comes first. An offset may lie at `end`.
 */
export function findInnerIp(view: DataView, offset: number, end: number, protocol: number, tunnels: Tunnels): number {
  switch (protocol) {
    case PROTOCOL_UDP:
      if (offset + 4 > end) return CUT_SHORT;
      return findInUdp(view, offset + 8, end, tunnels.kindByPort[view.getUint16(offset + 2)]);
    case PROTOCOL_GRE:
      return findInGre(view, offset, end);
    case PROTOCOL_IPV4:
    case PROTOCOL_IPV6:
      return offset;
    default:
      return NOT_IP;
  }
}

function findInUdp(view: DataView, offset: number, end: number, kind: number): number {
  if (kind === 0) return NOT_IP;
  if (offset + 8 > end) return CUT_SHORT;
  return kind === VXLAN ? findInVxlan(view, offset, end) : findInGeneve(view, offset, end);
}

/** RFC 7348. The bit 0x04 says that it is VXLAN-GPE, whose payload need not be a frame. */
function findInVxlan(view: DataView, offset: number, end: number): number {
  return (view.getUint8(offset) & 0x0c) === 0x08 ? findInFrame(view, offset + 8, end) : NOT_IP;
}

/** RFC 8926: version 0, options of a stated length; a control packet (0x80) carries nothing of a tenant's. */
function findInGeneve(view: DataView, offset: number, end: number): number {
  const versionAndLength = view.getUint8(offset);
  if (versionAndLength >>> 6 !== 0 || (view.getUint8(offset + 1) & 0x80) !== 0) return NOT_IP;
  return findByProtocol(view, offset + 8 + versionAndLength * 4, end, view.getUint16(offset + 2));
}

/** RFC 2784 and 2890: version 0, with checksum, key and sequence number where the flags say so, and without routing. */
function findInGre(view: DataView, offset: number, end: number): number {
  if (offset + 4 > end) return CUT_SHORT;
  const flags = view.getUint16(offset);
  if ((flags & 0x4007) !== 0) return NOT_IP;
  const hasSequence = (flags & 0x1000) !== 0;
  let payload = offset + 4;
  if ((flags & 0x8000) !== 0) payload += 4;
  if ((flags & 0x2000) !== 0) payload += 4;
  if (hasSequence) payload += 4;

  const type = view.getUint16(offset + 2);
  if (type === ERSPAN) return findInFrame(view, payload + (hasSequence ? 8 : 0), end);
  if (type === ERSPAN_III) return findInErspan(view, payload, end);
  return findByProtocol(view, payload, end, type);
}

/** ERSPAN of type III: twelve bytes, and eight more where the last bit says so. */
function findInErspan(view: DataView, offset: number, end: number): number {
  if (offset + 12 > end) return CUT_SHORT;
  const hasSubheader = (view.getUint8(offset + 11) & 1) !== 0;
  return findInFrame(view, offset + (hasSubheader ? 20 : 12), end);
}

function findByProtocol(view: DataView, offset: number, end: number, type: number): number {
  return type === TRANSPARENT_ETHERNET ? findInFrame(view, offset, end) : findIpBehind(view, offset, end, type);
}

function findInFrame(view: DataView, offset: number, end: number): number {
  return offset + 14 > end ? CUT_SHORT : findIpBehind(view, offset + 14, end, view.getUint16(offset + 12));
}
