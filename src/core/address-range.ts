import { BlockList, isIP } from 'node:net';

/** Whether an address lies in a range. */
export type AddressRange = (ip: string) => boolean;

/** The range that an address or a CIDR stands for; null if it is neither. */
export function rangeOf(text: string): AddressRange | null {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return null;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  if (prefix === undefined) {
    list.addAddress(address, family);
  } else {
    const bits = Number(prefix);
    if (!/^\d{1,3}$/.test(prefix) || bits > (version === 4 ? 32 : 128)) return null;
    list.addSubnet(address, bits, family);
  }
  return (ip) => isIP(ip) !== 0 && list.check(ip, isIP(ip) === 4 ? 'ipv4' : 'ipv6');
}
