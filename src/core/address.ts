/**
 * Addresses between stages are 16 bytes each, IPv4 mapped into IPv6 (RFC 4291, ::ffff:a.b.c.d), so that a batch
 * has one column for both.
 */

/** Text of the address whose 16 bytes begin at `offset`: dotted for IPv4, RFC 5952 for IPv6. */
export function formatAddress(bytes: Uint8Array, offset: number): string {
  if (isMappedIpv4(bytes, offset)) {
    return `${bytes[offset + 12]}.${bytes[offset + 13]}.${bytes[offset + 14]}.${bytes[offset + 15]}`;
  }
  return formatIpv6(bytes, offset);
}

/**
 * Whether the address lies outside: none of the blocks that private networks use (RFC 1918, 6598, 3927, 4193, 4291),
 * nor loopback.
 */
export function isPublicAddress(bytes: Uint8Array, offset: number): boolean {
  const first = bytes[offset + 12];
  const second = bytes[offset + 13];
  if (isMappedIpv4(bytes, offset)) {
    if (first === 10 || first === 127 || first === 0) return false;
    if (first === 172) return second < 16 || second > 31;
    if (first === 192) return second !== 168;
    if (first === 169) return second !== 254;
    if (first === 100) return second < 64 || second > 127;
    return true;
  }
  const high = bytes[offset];
  // fc00::/7, fe80::/10, and ::/8 with ::1.
  return (high & 0xfe) !== 0xfc && !(high === 0xfe && (bytes[offset + 1] & 0xc0) === 0x80) && high !== 0;
}

function isMappedIpv4(bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[offset + i] !== 0) return false;
  return bytes[offset + 10] === 0xff && bytes[offset + 11] === 0xff;
}

function formatIpv6(bytes: Uint8Array, offset: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[offset + i] << 8) | bytes[offset + i + 1]);
  const { start, length } = longestZeroRun(groups);

  if (length < 2) return hexGroups(groups);
  return `${hexGroups(groups.slice(0, start))}::${hexGroups(groups.slice(start + length))}`;
}

function hexGroups(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
    start = Math.max(start, end - 1);
  }
  return best;
}
