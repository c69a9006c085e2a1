import { MOST_DISTINCT } from './feature-batch.ts';
import type { Reason } from './verdict.ts';

/** A family of features: how their names are told from others, and what is said of them. */
interface Phrase {
  readonly name: RegExp;
  /** `match` is of `name`; `over` is " over 10 s", or empty where the time says nothing. */
  readonly say: (reason: Reason, match: RegExpExecArray, over: string) => string;
}

/** The first that fits counts. */
const PHRASES: readonly Phrase[] = [
  { name: /^(new flows|packets)\/s/, say: (r, [, what], over) => compared(r, (n) => number(n), ` ${what}/s${over}`) },
  { name: /^distinct peers per new flow/, say: (r, _, over) => ofNewFlows(r, 'another address', over) },
  { name: /^distinct peer ports per new flow/, say: (r, _, over) => ofNewFlows(r, 'another port', over) },
  { name: /^distinct peers/, say: (r, _, over) => compared(r, distinct, ` different addresses${over}`) },
  { name: /^distinct peer ports/, say: (r, _, over) => compared(r, distinct, ` different ports${over}`) },
  { name: /^share of (.+?)( over \d+ s)?$/, say: (r, [, what], over) => compared(r, percent, ` of ${what}${over}`) },
  {
    name: /^payload (sent|received)/,
    say: (r, [, verb], over) => `${verb} ${compared(r, (n) => `${bytes(n)}/s`, over)}`,
  },
  { name: /^variation of the gaps between flows/, say: regularity },
  { name: /^(.+) \(us\)$/, say: (r, [, what]) => `${what} ${compared(r, microseconds, '')}` },
  { name: /^(.+) \(bytes\)$/, say: (r, [, what]) => `${what} ${compared(r, bytes, '')}` },
  {
    name: /^(?:\S+ )?(?:packets|flows|resets|connections|requests)\b/,
    say: (r) => compared(r, number, ` ${r.feature}`),
  },
];

/** Below this the flows of a client come at nearly the same distance from each other. */
const LIKE_CLOCKWORK = 0.3;

/**
 * A reason in words, e.g. "412 new flows/s, usually 3", "sent 4.2 MB/s over 10 s, usually 12 kB/s", "98 % of flows never
 * established over 10 s, usually 1 %".
 */
export function describeReason(reason: Reason): string {
  for (const { name, say } of PHRASES) {
    const match = name.exec(reason.feature);
    if (match !== null) return say(reason, match, overIn(reason.feature));
  }
  return `${reason.feature} ${compared(reason, number, '')}`;
}

function compared({ value, usual }: Reason, write: (value: number) => string, what: string): string {
  return `${write(value)}${what}, usually ${write(usual)}`;
}

function ofNewFlows({ value, usual }: Reason, what: string, over: string): string {
  return `${percent(value)} of new flows to ${what}${over}, usually ${percent(usual)}`;
}

function regularity({ value, usual }: Reason): string {
  const how =
    value >= usual
      ? 'flows come less evenly'
      : value <= LIKE_CLOCKWORK
        ? 'flows come like clockwork'
        : 'flows come more evenly';
  return `${how} (variation ${number(value)}, usually ${number(usual)})`;
}

/** A mean over one second is simply what is going on. */
function overIn(feature: string): string {
  const over = / over \d+ s$/.exec(feature)?.[0] ?? '';
  return over === ' over 1 s' ? '' : over;
}

function distinct(value: number): string {
  return Math.round(value) >= MOST_DISTINCT ? `${MOST_DISTINCT} or more` : number(value);
}

function percent(share: number): string {
  return `${number(share * 100)} %`;
}

function bytes(value: number): string {
  return scaled(value, 1000, ['B', 'kB', 'MB', 'GB', 'TB']);
}

function microseconds(value: number): string {
  return value >= 60e6 ? `${number(value / 60e6)} min` : scaled(value, 1000, ['us', 'ms', 's']);
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let [left, unit] = [value, 0];
  // What would be written as 1000 of a unit is 1 of the next.
  while (Math.round(left) >= step && unit < units.length - 1) [left, unit] = [left / step, unit + 1];
  return `${number(left)} ${units[unit]}`;
}

/** Two digits that matter, or all before the point: 0.04, 4.2, 12, 48,200. */
function number(value: number): string {
  const digits = Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en-US');
}
