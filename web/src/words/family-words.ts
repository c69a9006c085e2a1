import type { Family } from '#core/family.ts';

/** Titles of the families; the API sends their names only. */
export const FAMILY_TITLES: Readonly<Record<Family, string>> = {
  'syn-flood': 'SYN flood',
  'udp-flood': 'UDP flood',
  'icmp-flood': 'ICMP flood',
  'http-flood': 'HTTP flood',
  'slow-dos': 'Slow denial of service',
  'port-scan': 'Port scan',
  'host-sweep': 'Host sweep',
  'brute-force': 'Password guessing',
  'dns-tunnel': 'DNS tunnel',
  beacon: 'Command-and-control beacon',
  exfiltration: 'Exfiltration',
  'web-attack': 'Web attack',
  'reverse-shell': 'Reverse shell',
  unknown: 'Unusual traffic',
};

/** Where each family's colour stands in the palette: the same on every day, whatever else is on the chart. */
export function paletteIndexOf(family: Family): number {
  return Object.keys(FAMILY_TITLES).indexOf(family);
}

/** MITRE's page on a technique such as `T1499.002`. */
export function techniqueUrl(technique: string): string {
  return `https://attack.mitre.org/techniques/${technique.replace('.', '/')}/`;
}
