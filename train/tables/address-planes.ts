/** Bytes of addresses, 16 each, as 16 planes: the first byte of every address, the second of every one, ... */
export function splitPlanes(addresses: Uint8Array): Uint8Array {
  const count = addresses.length / 16;
  return addresses.map((_, i) => addresses[(i % count) * 16 + Math.floor(i / count)]);
}

/** The other way round. */
export function joinPlanes(planes: Uint8Array): Uint8Array {
  const count = planes.length / 16;
  return planes.map((_, i) => planes[(i % 16) * count + Math.floor(i / 16)]);
}
