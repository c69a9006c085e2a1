/** The attack families that an alert can name, in the order of the public contract. */
export const FAMILIES = [
  'syn-flood',
  'udp-flood',
  'icmp-flood',
  'http-flood',
  'slow-dos',
  'port-scan',
  'host-sweep',
  'brute-force',
  'dns-tunnel',
  'beacon',
  'exfiltration',
  'web-attack',
  'reverse-shell',
  'unknown',
] as const;

export type Family = (typeof FAMILIES)[number];

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Which side of its flows identifies an attack: many sources may flood one server, one client scans many. */
export type AttackSide = 'client' | 'server';

export interface FamilyFacts {
  readonly severity: Severity;
  /** MITRE ATT&CK Enterprise technique id, version 17. */
  readonly technique: string;
  readonly side: AttackSide;
  /** A few words for a person. */
  readonly title: string;
}

export const FAMILY_FACTS: Readonly<Record<Family, FamilyFacts>> = {
  'syn-flood': { severity: 'high', technique: 'T1498.001', side: 'server', title: 'SYN flood' },
  'udp-flood': { severity: 'high', technique: 'T1498.001', side: 'server', title: 'UDP flood' },
  'icmp-flood': { severity: 'high', technique: 'T1498.001', side: 'server', title: 'ICMP flood' },
  'http-flood': { severity: 'high', technique: 'T1499.002', side: 'server', title: 'HTTP flood' },
  'slow-dos': { severity: 'high', technique: 'T1499.002', side: 'server', title: 'Slow denial of service' },
  'port-scan': { severity: 'medium', technique: 'T1046', side: 'client', title: 'Port scan' },
  'host-sweep': { severity: 'medium', technique: 'T1018', side: 'client', title: 'Host sweep' },
  'brute-force': { severity: 'high', technique: 'T1110', side: 'server', title: 'Password guessing' },
  'dns-tunnel': { severity: 'high', technique: 'T1071.004', side: 'client', title: 'DNS tunnel' },
  beacon: { severity: 'high', technique: 'T1071', side: 'client', title: 'Command-and-control beacon' },
  exfiltration: { severity: 'critical', technique: 'T1048', side: 'client', title: 'Exfiltration' },
  'web-attack': { severity: 'high', technique: 'T1190', side: 'server', title: 'Web attack' },
  'reverse-shell': { severity: 'critical', technique: 'T1059', side: 'client', title: 'Reverse shell' },
  unknown: { severity: 'low', technique: '', side: 'client', title: 'Unusual traffic' },
};
