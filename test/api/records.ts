import type { Alert } from '#core/alert.ts';
import type { Decision } from '#core/decision.ts';

/** Alerts and decisions as the product makes them, for tests of the API and the page. */

export function httpFlood(raisedMs: number, changes: Partial<Alert> = {}): Alert {
  return {
    id: 'alert-http-flood',
    family: 'http-flood',
    severity: 'high',
    technique: 'T1499.002',
    status: 'open',
    message: 'HTTP flood against 10.77.0.10:80 (shop/Deployment/web) from 10.77.1.5 and 3 more',
    timestamp: iso(raisedMs),
    entity: { side: 'server', ip: '10.77.0.10', port: 80, workload: 'shop/Deployment/web' },
    peers: ['10.77.1.5', '10.77.1.6', '10.77.1.7', '10.77.1.8'].map((ip, i) => ({
      ip,
      port: null,
      flows: 400 - i * 30,
    })),
    score: 0.987,
    threshold: 0.62,
    pValue: 0.00042,
    firstSeen: iso(raisedMs - 3200),
    lastSeen: iso(raisedMs + 24_000),
    flows: 1284,
    verdicts: 31,
    reasons: [
      { feature: 'new flows/s over 1 s', value: 418.2, usual: 3.1 },
      { feature: 'payload received over 10 s', value: 184_300, usual: 2210 },
      { feature: 'mean gap between packets from client (us)', value: 310, usual: 48_200 },
      { feature: 'distinct peers per new flow over 10 s', value: 0.02, usual: 0.31 },
      { feature: 'share of flows reset over 10 s', value: 0.41, usual: 0.004 },
    ],
    ...changes,
  };
}

export function portScan(raisedMs: number, changes: Partial<Alert> = {}): Alert {
  return {
    ...httpFlood(raisedMs),
    id: 'alert-port-scan',
    family: 'port-scan',
    severity: 'medium',
    technique: 'T1046',
    message: 'Port scan by 10.77.2.9 against 10.77.0.10',
    entity: { side: 'client', ip: '10.77.2.9', port: null, workload: null },
    peers: [22, 80, 443, 5432, 6443, 8080].map((port) => ({ ip: '10.77.0.10', port, flows: 2 })),
    score: 0.91,
    pValue: 0.0018,
    flows: 1003,
    verdicts: 12,
    reasons: [
      { feature: 'distinct peer ports over 10 s', value: 214, usual: 1.4 },
      { feature: 'share of flows never established over 10 s', value: 0.97, usual: 0.01 },
      { feature: 'flow duration (us)', value: 82, usual: 1_240_000 },
    ],
    ...changes,
  };
}

export function synFlood(raisedMs: number, changes: Partial<Alert> = {}): Alert {
  return {
    ...httpFlood(raisedMs),
    id: 'alert-syn-flood',
    family: 'syn-flood',
    technique: 'T1498.001',
    message: 'SYN flood against 10.77.0.10:443 from 10.77.3.2',
    entity: { side: 'server', ip: '10.77.0.10', port: 443, workload: 'shop/Deployment/web' },
    peers: [{ ip: '10.77.3.2', port: null, flows: 20_000 }],
    score: 0.999,
    pValue: 0.00009,
    flows: 48_210,
    verdicts: 66,
    reasons: [
      { feature: 'new flows/s over 1 s', value: 1980, usual: 3.1 },
      { feature: 'share of flows never established over 10 s', value: 1, usual: 0.01 },
      { feature: 'payload from client (bytes)', value: 0, usual: 312 },
    ],
    ...changes,
  };
}

/** In force, with a person's `limit-rps: 50` to be put back. */
export function limitOnShop(nowMs: number, changes: Partial<Decision> = {}): Decision {
  return {
    id: 'decision-shop-web',
    alertId: 'alert-http-flood',
    family: 'http-flood',
    origin: 'rule',
    provider: 'ingress-nginx',
    target: { namespace: 'shop', name: 'web' },
    victim: '10.77.0.10:80',
    limit: { rps: 10, rpm: null, burst: 20, connections: null },
    dryRun: false,
    state: 'applied',
    reason: '',
    createdAt: iso(nowMs),
    until: iso(nowMs + 600_000),
    changedAt: iso(nowMs),
    attempts: 0,
    nextAttemptAt: null,
    written: {
      'nginx.ingress.kubernetes.io/limit-rps': '10',
      'nginx.ingress.kubernetes.io/limit-burst-multiplier': '2',
    },
    previous: [
      {
        key: 'nginx.ingress.kubernetes.io/limit-rps',
        value: '50',
        owner: { manager: 'kubectl-annotate', operation: 'Update' },
      },
      { key: 'nginx.ingress.kubernetes.io/limit-burst-multiplier', value: null, owner: null },
    ],
    ...changes,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
