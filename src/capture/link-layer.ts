/** Link types (tcpdump.org/linktypes.html) that are understood. */
export const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
export const LINK_PPP = 9;
export const LINK_PPPOE = 51;
export const LINK_RAW = 101;
export const LINK_LOOP = 108;
export const LINK_COOKED = 113;
export const LINK_IPV4 = 228;
export const LINK_IPV6 = 229;
export const LINK_COOKED_V2 = 276;

/** DLT_RAW as written by systems that put their own number into files. */
const RAW_ALIASES = new Set([12, 14]);

const SUPPORTED = new Set([
  LINK_NULL,
  LINK_ETHERNET,
  LINK_PPP,
  LINK_PPPOE,
  LINK_RAW,
  LINK_LOOP,
  LINK_COOKED,
  LINK_IPV4,
  LINK_IPV6,
  LINK_COOKED_V2,
]);

/** The link type by its official number, or -1 for one that is not supported. */
export function knownLinkType(linkType: number): number {
  if (RAW_ALIASES.has(linkType)) return LINK_RAW;
  return SUPPORTED.has(linkType) ? linkType : -1;
}

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_MPLS = 0x8847;
const ETHERTYPE_MPLS_MULTICAST = 0x8848;
const ETHERTYPE_PPPOE_SESSION = 0x8864;

const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_MPLS = 0x0281;

/** More than anybody nests; a chain of them shall not keep the decoder busy. */
const MOST_TAGS = 4;
const MOST_LABELS = 16;

/** Results of findIpHeader and findIpBehind other than an offset. */
export const NOT_IP = -1;
export const CUT_SHORT = -2;

/**
 * Offset of the IP header in a frame of `length` captured bytes at `offset`, or NOT_IP or CUT_SHORT. The IP version is
 * the header's own word, since loopback families differ between systems. An offset may lie at the end of the frame.
 */
export function findIpHeader(view: DataView, offset: number, length: number, linkType: number): number {
  if (linkType !== LINK_ETHERNET) return findInOtherFrame(view, offset, length, linkType);
  return length < 14 ? CUT_SHORT : findIpBehind(view, offset + 14, offset + length, view.getUint16(offset + 12));
}

function findInOtherFrame(view: DataView, offset: number, length: number, linkType: number): number {
  const end = offset + length;
  switch (linkType) {
    case LINK_COOKED:
      return length < 16 ? CUT_SHORT : findIpBehind(view, offset + 16, end, view.getUint16(offset + 14));
    case LINK_COOKED_V2:
      return length < 20 ? CUT_SHORT : findIpBehind(view, offset + 20, end, view.getUint16(offset));
    case LINK_NULL:
    case LINK_LOOP:
      return length < 4 ? CUT_SHORT : offset + 4;
    case LINK_PPP:
      return passPpp(view, offset, end);
    case LINK_PPPOE:
      return passPppoe(view, offset, end);
    default:
      return offset;
  }
}

/** Offset of the IP header in what follows an ethertype, [offset, end), or NOT_IP or CUT_SHORT. */
export function findIpBehind(view: DataView, offset: number, end: number, etherType: number): number {
  if (etherType === ETHERTYPE_IPV4 || etherType === ETHERTYPE_IPV6) return offset;
  return passTags(view, offset, end, etherType);
}

function passTags(view: DataView, start: number, end: number, firstType: number): number {
  let offset = start;
  let type = firstType;
  for (let tags = 0; isTag(type); tags++) {
    if (tags === MOST_TAGS) return NOT_IP;
    if (offset + 4 > end) return CUT_SHORT;
    type = view.getUint16(offset + 2);
    offset += 4;
  }
  switch (type) {
    case ETHERTYPE_IPV4:
    case ETHERTYPE_IPV6:
      return offset;
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
      return passLabels(view, offset, end);
    case ETHERTYPE_PPPOE_SESSION:
      return passPppoe(view, offset, end);
    default:
      return NOT_IP;
  }
}

function isTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200;
}

/** Nothing but the payload's first four bits tells what an MPLS stack carries (RFC 4928); 0 and 1 are pseudowires. */
function passLabels(view: DataView, start: number, end: number): number {
  let offset = start;
  for (let labels = 0; labels < MOST_LABELS; labels++) {
    if (offset + 4 > end) return CUT_SHORT;
    const isBottom = (view.getUint8(offset + 2) & 1) !== 0;
    offset += 4;
    if (!isBottom) continue;
    if (offset >= end) return CUT_SHORT;
    const version = view.getUint8(offset) >>> 4;
    return version === 4 || version === 6 ? offset : NOT_IP;
  }
  return NOT_IP;
}

/** A PPPoE header (RFC 2516), of which only session data (code 0) carries packets. */
function passPppoe(view: DataView, offset: number, end: number): number {
  if (offset + 6 > end) return CUT_SHORT;
  return view.getUint16(offset) === 0x1100 ? passPpp(view, offset + 6, end) : NOT_IP;
}

/** PPP with or without its address and control bytes, its protocol in one byte or two (RFC 1661, 1662). */
function passPpp(view: DataView, start: number, end: number): number {
  let offset = start;
  if (offset + 2 > end) return CUT_SHORT;
  if (view.getUint16(offset) === 0xff03) offset += 2;
  if (offset + 2 > end) return CUT_SHORT;
  const isShort = (view.getUint8(offset) & 1) !== 0;
  const protocol = isShort ? view.getUint8(offset) : view.getUint16(offset);
  offset += isShort ? 1 : 2;
  if (protocol === PPP_MPLS) return passLabels(view, offset, end);
  return protocol === PPP_IPV4 || protocol === PPP_IPV6 ? offset : NOT_IP;
}
