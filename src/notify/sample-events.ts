import type { Alert } from '#core/alert.ts';
import type { Decision } from '#core/decision.ts';
import type { Notification } from '#core/notification.ts';

/** Records for the tests of notification. */

export const NOON_MS = Date.UTC(2025, 5, 1, 12);

export const sampleAlert: Alert = {
  id: 'alert-1',
  family: 'http-flood',
  severity: 'high',
  technique: 'T1499.002',
  status: 'open',
  message: 'HTTP flood against shop/deployment/web (10.77.0.10:80) from 10.77.0.66: 412 new flows/s, usually 3',
  timestamp: '2025-06-01T12:00:00.000Z',
  entity: { side: 'server', ip: '10.77.0.10', port: 80, workload: 'shop/deployment/web' },
  peers: [
    { ip: '10.77.0.66', port: null, flows: 812 },
    { ip: '10.77.0.67', port: null, flows: 400 },
  ],
  score: 0.998,
  threshold: 0.62,
  pValue: 0.00004,
  firstSeen: '2025-06-01T11:59:58.000Z',
  lastSeen: '2025-06-01T12:00:00.000Z',
  flows: 812,
  verdicts: 9,
  reasons: [{ feature: 'new flows/s over 1 s', value: 412, usual: 3 }],
};

export const sampleDecision: Decision = {
  id: 'decision-1',
  alertId: 'alert-1',
  family: 'http-flood',
  origin: 'rule',
  provider: 'ingress-nginx',
  target: { namespace: 'shop', name: 'web' },
  victim: '10.77.0.10:80',
  limit: { rps: 10, rpm: null, burst: 20, connections: null },
  dryRun: false,
  state: 'applied',
  reason: '',
  createdAt: '2025-06-01T12:00:01.000Z',
  until: '2025-06-01T12:10:01.000Z',
  changedAt: '2025-06-01T12:00:01.000Z',
  attempts: 0,
  nextAttemptAt: null,
  written: { 'nginx.ingress.kubernetes.io/limit-rps': '10' },
  previous: [],
};

export function sampleNotification(changes: Partial<Notification> = {}): Notification {
  return {
    id: 'notification-1',
    channel: 'webhook',
    event: { type: 'alert.opened', alert: sampleAlert },
    createdAtMs: NOON_MS,
    attempts: 0,
    nextAttemptAtMs: NOON_MS,
    ...changes,
  };
}
