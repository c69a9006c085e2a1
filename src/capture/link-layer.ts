/** Link types (tcpdump.org/linktypes.html) that are understood. */
export const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
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
const MOST_TAGS = 4;

/** Results of findIpHeader other than an offset. */
export const NOT_IP = -1;
export const CUT_SHORT = -2;

/**
 * Offset of the IP header in a frame of `length` captured bytes at `offset`, or NOT_IP or CUT_SHORT. The IP version is
 * the header's own word, since loopback families differ between systems.
 */
export function findIpHeader(view: DataView, offset: number, length: number, linkType: number): number {
  switch (linkType) {
    case LINK_ETHERNET:
      return length < 14 ? CUT_SHORT : skipTags(view, offset + 14, offset + length, view.getUint16(offset + 12));
    case LINK_COOKED:
      return length < 16 ? CUT_SHORT : skipTags(view, offset + 16, offset + length, view.getUint16(offset + 14));
    case LINK_COOKED_V2:
      return length < 20 ? CUT_SHORT : skipTags(view, offset + 20, offset + length, view.getUint16(offset));
    case LINK_NULL:
    case LINK_LOOP:
      return length < 5 ? CUT_SHORT : offset + 4;
    default:
      return length < 1 ? CUT_SHORT : offset;
  }
}

function skipTags(view: DataView, start: number, end: number, firstType: number): number {
  let offset = start;
  let type = firstType;
  for (let tags = 0; isTag(type); tags++) {
    if (tags === MOST_TAGS) return NOT_IP;
    if (offset + 4 > end) return CUT_SHORT;
    type = view.getUint16(offset + 2);
    offset += 4;
  }
  return type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6 ? offset : NOT_IP;
}

function isTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200;
}
