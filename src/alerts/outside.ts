import { BlockList, isIPv4 } from 'node:net';

/** The blocks that `isPublicAddress` of core/address.ts takes for inside, for addresses that are text by now. */
const INSIDE_IPV4 = blockList('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
]);
/** A list of its own: a BlockList takes IPv4 addresses for members of ::/8. */
const INSIDE_IPV6 = blockList('ipv6', ['::/8', 'fc00::/7', 'fe80::/10']);

/** Whether the address lies outside of private networks. */
export function isOutside(ip: string): boolean {
  return isIPv4(ip) ? !INSIDE_IPV4.check(ip, 'ipv4') : !INSIDE_IPV6.check(ip, 'ipv6');
}

function blockList(family: 'ipv4' | 'ipv6', blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = '', bits = ''] = block.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
