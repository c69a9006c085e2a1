import type { RateLimit } from '#core/decision.ts';
import { describeLimit, perMinute } from '../limit.ts';
import type { Annotations, Provider, Written } from './provider.ts';

const PREFIX = 'nginx.ingress.kubernetes.io';
const RPS = `${PREFIX}/limit-rps`;
const RPM = `${PREFIX}/limit-rpm`;
const MULTIPLIER = `${PREFIX}/limit-burst-multiplier`;
const CONNECTIONS = `${PREFIX}/limit-connections`;

/** What the controller takes where no multiplier is set. */
const DEFAULT_MULTIPLIER = 5;

/**
 * Rate limits as annotations of an Ingress, as ingress-nginx (and Traefik >= 3.7) reads them. They hold per client
 * address and per replica of the controller; when both rates are set, both hold.
 */
export const ingressNginx: Provider = {
  name: 'ingress-nginx',
  rbac: [
    {
      apiGroup: 'networking.k8s.io',
      resource: 'ingresses',
      verbs: ['get', 'patch'],
      why: 'to read the limits that stand there, to write ours and to put the former ones back',
    },
    { apiGroup: '', resource: 'events', verbs: ['create'], why: 'to say on the Ingress what was done and until when' },
  ],
  serves: (ingressClass) => ingressClass === null || /nginx|traefik/.test(ingressClass),
  keys: [RPS, RPM, MULTIPLIER, CONNECTIONS],

  write(limit, standing) {
    const { annotations, notes } = rateAnnotations(limit);
    if (limit.connections !== null) annotations[CONNECTIONS] = String(limit.connections);
    const before = ratesIn(standing);
    if (before.perMinute < perMinute(limit)) notes.push(`this is looser than the ${before.words} that stood there`);
    return { annotations, notes };
  },

  tighten(limit, standing) {
    const before = ratesIn(standing);
    const result: { annotations: Record<string, string>; notes: string[] } = { annotations: {}, notes: [] };
    if (perMinute(limit) < before.perMinute) {
      const { annotations, notes } = rateAnnotations(limit);
      const other = positive(standing[limit.rps === null ? RPS : RPM]);
      if (other !== null && before.multiplier <= Number(annotations[MULTIPLIER] ?? 0)) {
        // The multiplier counts for both rates: a greater one would widen the bursts of the rate we do not write.
        delete annotations[MULTIPLIER];
        notes.push(`limit-burst-multiplier stays at ${before.multiplier}, for it holds for the other rate as well`);
      }
      Object.assign(result.annotations, annotations);
      result.notes.push(...notes);
    }
    if (limit.connections !== null && limit.connections < before.connections) {
      result.annotations[CONNECTIONS] = String(limit.connections);
    }
    return Object.keys(result.annotations).length === 0 ? null : result;
  },
};

/** There is no annotation for a burst: the controller multiplies the rate. */
function rateAnnotations(limit: RateLimit): Written & { annotations: Record<string, string>; notes: string[] } {
  const rate = limit.rps ?? limit.rpm ?? 0;
  const annotations: Record<string, string> = { [limit.rps === null ? RPM : RPS]: String(rate) };
  const notes: string[] = [];
  if (limit.burst !== null) {
    const multiplier = Math.ceil(limit.burst / rate);
    annotations[MULTIPLIER] = String(multiplier);
    const exact = multiplier * rate === limit.burst;
    const why = limit.burst < rate ? 'the burst cannot be smaller than the rate' : 'rounded up';
    notes.push(
      `burst ${limit.burst} is written as limit-burst-multiplier ${multiplier}` +
        (exact ? '' : `, a burst of ${multiplier * rate}: ${why}`),
    );
  }
  return { annotations, notes };
}

interface StandingRates {
  /** Infinity where nothing limits. */
  readonly perMinute: number;
  readonly connections: number;
  readonly multiplier: number;
  readonly words: string;
}

function ratesIn(standing: Annotations): StandingRates {
  const rps = positive(standing[RPS]);
  const rpm = positive(standing[RPM]);
  const isLimited = rps !== null || rpm !== null;
  return {
    perMinute: perMinute({ rps, rpm }),
    connections: positive(standing[CONNECTIONS]) ?? Infinity,
    multiplier: positive(standing[MULTIPLIER]) ?? DEFAULT_MULTIPLIER,
    words: isLimited ? describeLimit({ rps, rpm: rps === null ? rpm : null, burst: null, connections: null }) : '',
  };
}

/** The controller ignores what is not a positive whole number, and so do we. */
function positive(text: string | undefined): number | null {
  if (text === undefined || !/^\d+$/.test(text)) return null;
  const value = Number(text);
  return value > 0 ? value : null;
}
