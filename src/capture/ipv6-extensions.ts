const FRAGMENT = 44;
const AUTHENTICATION = 51;

/**
 * Whether a next-header value names an extension header that can be passed over (RFC 7045, 8200). Encrypted payload (50)
 * cannot, and no-next-header (59) has nothing behind it: such packets are kept by these numbers.
 */
export function isExtension(header: number): boolean {
  switch (header) {
    case 0: // hop-by-hop options
    case 43: // routing
    case FRAGMENT:
    case AUTHENTICATION:
    case 60: // destination options
    case 135: // mobility
    case 139: // host identity
    case 140: // shim6
      return true;
    default:
      return false;
  }
}

/** Bytes of an extension header whose length field reads so. */
export function extensionLength(header: number, lengthField: number): number {
  if (header === FRAGMENT) return 8;
  return header === AUTHENTICATION ? (lengthField + 2) * 4 : (lengthField + 1) * 8;
}

/** Whether the extension header at `offset` says that this is a fragment, and not the first. */
export function isLaterFragment(view: DataView, offset: number, header: number): boolean {
  return header === FRAGMENT && (view.getUint16(offset + 2) & 0xfff8) !== 0;
}
