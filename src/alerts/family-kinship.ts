import type { Family } from '#core/family.ts';

/**
 * How long one attack may go without a sight of it, where that is longer than the settings' gap: a beacon calls home
 * every few minutes, and whoever guesses slowly or holds connections open is not seen more often.
 */
const SLOW_GAP_SECONDS = 900;
const SLOW: ReadonlySet<Family> = new Set([
  'slow-dos',
  'brute-force',
  'dns-tunnel',
  'beacon',
  'exfiltration',
  'reverse-shell',
  'unknown',
]);

/** Families that one attack is easily taken for, and how long after one name another is still about the same attack. */
const KIN: readonly { readonly families: ReadonlySet<Family>; readonly seconds: number }[] = [
  { families: new Set<Family>(['port-scan', 'host-sweep']), seconds: 20 },
  // On a web server all of these are many or long requests. A second attack may well follow on the first.
  { families: new Set<Family>(['http-flood', 'web-attack', 'slow-dos', 'brute-force']), seconds: 20 },
  { families: new Set<Family>(['dns-tunnel', 'exfiltration']), seconds: SLOW_GAP_SECONDS },
  { families: new Set<Family>(['beacon', 'reverse-shell']), seconds: SLOW_GAP_SECONDS },
];

/** The beginning and the tail of an attack may look like anything. */
export const NEAR_SECONDS = 5;

/** A flood of bare packets strikes a host, whatever its ports. */
export const STRIKES_HOST: ReadonlySet<Family> = new Set([
  'syn-flood',
  'udp-flood',
  'icmp-flood',
  'port-scan',
  'host-sweep',
]);

/** On two ports these are two attacks. */
export const STRIKES_SERVICE: ReadonlySet<Family> = new Set(['http-flood', 'slow-dos', 'web-attack', 'brute-force']);

/** What a client does to whomever it finds: its own address is enough to know it by. */
export const ROAMING: ReadonlySet<Family> = new Set(['port-scan', 'host-sweep', 'unknown']);

/** What goes on between one client and one server, usually outside. */
export const LINKED: ReadonlySet<Family> = new Set(['beacon', 'exfiltration', 'reverse-shell']);

/** What a proxy or a resolver passes on to those behind it. */
export const PASSED_ON: ReadonlySet<Family> = new Set(['http-flood', 'web-attack', 'slow-dos', 'dns-tunnel']);

/** These may be done in a single flow, which may have begun before anybody looked. */
export const ONE_FLOW_WILL_DO: ReadonlySet<Family> = new Set([
  'udp-flood',
  'icmp-flood',
  'dns-tunnel',
  'beacon',
  'exfiltration',
  'reverse-shell',
  'unknown',
]);

/** Every step of these is a new flow, so that without new flows there is no sight of them. */
export const SHOWS_IN_NEW_FLOWS: ReadonlySet<Family> = new Set(['syn-flood', 'port-scan', 'host-sweep', 'brute-force']);

/** Seconds without a sight of it after which an attack is over; `gapSeconds` is the setting. */
export function gapSecondsOf(family: Family, gapSeconds: number): number {
  return SLOW.has(family) ? Math.max(SLOW_GAP_SECONDS, gapSeconds) : gapSeconds;
}

/** Whether one attack may well be judged under both names. */
export function isKin(a: Family, b: Family): boolean {
  return a === b || a === 'unknown' || b === 'unknown' || kinshipOf(a, b) !== undefined;
}

/** Seconds after an attack's last verdict of its own kind in which one of this family may still be about it. */
export function patienceSeconds(attack: Family, family: Family, gapSeconds: number): number {
  const gap = Math.min(gapSecondsOf(attack, gapSeconds), gapSecondsOf(family, gapSeconds));
  if (attack === family || attack === 'unknown' || family === 'unknown') return gap;
  return Math.min(gap, kinshipOf(attack, family)?.seconds ?? NEAR_SECONDS);
}

function kinshipOf(a: Family, b: Family) {
  return KIN.find(({ families }) => families.has(a) && families.has(b));
}
