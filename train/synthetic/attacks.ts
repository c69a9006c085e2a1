import type { Attack } from './attack.ts';
import { COMMAND_AND_CONTROL } from './attacks/command-and-control.ts';
import { DNS_TUNNELS } from './attacks/dns-tunnel.ts';
import { EXFILTRATION } from './attacks/exfiltration.ts';
import { GUESSING } from './attacks/guessing.ts';
import { HTTP_FLOODS } from './attacks/http-flood.ts';
import { PACKET_FLOODS } from './attacks/packet-floods.ts';
import { SCANS } from './attacks/scans.ts';
import { SLOW_ATTACKS } from './attacks/slow-dos.ts';
import { WEB_ATTACKS } from './attacks/web-attacks.ts';

/** Every way to attack there is. */
export const ATTACKS: readonly Attack[] = [
  ...PACKET_FLOODS,
  ...HTTP_FLOODS,
  ...SLOW_ATTACKS,
  ...SCANS,
  ...GUESSING,
  ...DNS_TUNNELS,
  ...COMMAND_AND_CONTROL,
  ...EXFILTRATION,
  ...WEB_ATTACKS,
];

/** Their kinds, each once. */
export const ATTACK_KINDS: readonly string[] = [...new Set(ATTACKS.map(({ kind }) => kind))];
