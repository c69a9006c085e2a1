import type { Family } from '#core/family.ts';
import type { Peer, Verdict } from '#core/verdict.ts';
import { type Attack, servicePortOf } from './attack.ts';
import { AlertsConfig } from './config.ts';
import { createGrouping } from './grouping.ts';

/** Verdicts for tests, written as scripts: who is judged to do what, from when to when. */
export interface Act {
  readonly family: Family;
  /** The judged entity: a client's address, or `address:port` of a server. */
  readonly entity: string;
  /** The other side: `address` or `address:port`, each with its flows (10 when left out). */
  readonly peers: readonly (string | readonly [string, number])[];
  /** Seconds of packet time; a judgement at `from` and then every `every` (0.5) until `to`. */
  readonly from: number;
  readonly to: number;
  readonly every?: number;
  readonly flows?: number;
  readonly score?: number;
}

/** Packet time 0 of the scripts, microseconds since the epoch. */
export const START_US = 1_750_000_000e6;

/** All acts, in the order of time. */
export function verdictsOf(acts: readonly Act[]): Verdict[] {
  return acts.flatMap(judgementsOf).toSorted((a, b) => a.atUs - b.atUs);
}

function judgementsOf(act: Act): Verdict[] {
  const { from, to, every = 0.5 } = act;
  const count = Math.floor((to - from) / every + 1e-9) + 1;
  return Array.from({ length: count }, (_, i) => verdictAt(act, from + i * every));
}

function verdictAt({ family, entity, peers, from, flows = 20, score = 0.9 }: Act, atSeconds: number): Verdict {
  const [ip = '', port] = entity.split(':');
  const side = port === undefined ? 'client' : 'server';
  return {
    entity: { side, ip, port: port === undefined ? null : Number(port), workload: null },
    family,
    score,
    threshold: 0.5,
    pValue: 0.001,
    atUs: START_US + atSeconds * 1e6,
    firstUs: START_US + (from - 0.5) * 1e6,
    flows,
    peers: peers.map(peerOf),
    reasons: [{ feature: 'new flows/s over 1 s', value: 412, usual: 3 }],
  };
}

function peerOf(peer: string | readonly [string, number]): Peer {
  const [address, flows] = typeof peer === 'string' ? [peer, 10] : peer;
  const [ip = '', port] = address.split(':');
  return { ip, port: port === undefined ? null : Number(port), flows };
}

/** Ten peers with one flow each, as a spoofed flood shows them. */
export function crowd(seed: number): (readonly [string, number])[] {
  return Array.from({ length: 10 }, (_, i) => [`198.51.${seed % 256}.${i}`, 1] as const);
}

/** Ten ports of one host with one flow each, as a scan shows them. */
export function manyPorts(ip: string, first = 1): (readonly [string, number])[] {
  return Array.from({ length: 10 }, (_, i) => [`${ip}:${first + i}`, 1] as const);
}

/** The attacks that grouping makes of the verdicts, in the order they were opened. */
export function attacksIn(verdicts: readonly Verdict[], settings: Partial<AlertsConfig> = {}): Attack[] {
  let count = 0;
  const grouping = createGrouping({ ...AlertsConfig.parse({}), ...settings }, () => `attack-${++count}`);
  const attacks = new Map<string, Attack>();
  for (const verdict of verdicts) {
    const change = grouping.accept(verdict);
    if (change === null) continue;
    const expected = attacks.has(change.attack.id) ? 'updated' : 'opened';
    if (change.type !== expected) throw new Error(`${change.attack.id} was ${change.type}, expected ${expected}`);
    attacks.set(change.attack.id, change.attack);
  }
  return [...attacks.values()];
}

/** `family server address:port` or `family client address`, one line each attack. */
export function outline(attacks: readonly Attack[]): string[] {
  return attacks.map((attack) => {
    const port = servicePortOf(attack);
    return `${attack.family} ${attack.side} ${attack.ip}${port === null ? '' : `:${port}`}`;
  });
}
