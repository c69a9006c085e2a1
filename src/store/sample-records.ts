import type { Alert } from '#core/alert.ts';
import type { AuditEntry, Decision } from '#core/decision.ts';
import type { Notification } from '#core/notification.ts';

/** Records for the store's tests: whole, valid, and different where a test says so. */

export const NOON_MS = Date.UTC(2025, 5, 1, 12);

export function sampleAlert(changes: Partial<Alert> = {}): Alert {
  return {
    id: 'alert-1',
    family: 'http-flood',
    severity: 'high',
    technique: 'T1499.002',
    status: 'open',
    message: 'HTTP flood against 10.77.0.10:80 from 10.77.0.66: 412 new connections/s, usually 3',
    timestamp: isoAt(0),
    entity: { side: 'server', ip: '10.77.0.10', port: 80, workload: 'shop/deployment/web' },
    peers: [{ ip: '10.77.0.66', port: null, flows: 812 }],
    score: 0.998,
    threshold: 0.62,
    pValue: 0.00004,
    firstSeen: isoAt(-2000),
    lastSeen: isoAt(0),
    flows: 812,
    verdicts: 9,
    reasons: [{ feature: 'new connections/s', value: 412, usual: 3 }],
    ...changes,
  };
}

export function sampleDecision(changes: Partial<Decision> = {}): Decision {
  return {
    id: 'decision-1',
    alertId: 'alert-1',
    family: 'http-flood',
    origin: 'rule',
    provider: 'ingress-nginx',
    target: { namespace: 'shop', name: 'web' },
    victim: '10.77.0.10:80',
    limit: { rps: 10, rpm: null, burst: null, connections: null },
    dryRun: false,
    state: 'planned',
    reason: '',
    createdAt: isoAt(0),
    until: isoAt(600_000),
    changedAt: isoAt(0),
    attempts: 0,
    nextAttemptAt: null,
    written: {},
    previous: [],
    ...changes,
  };
}

export function sampleAudit(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: isoAt(0),
    actor: 'rule',
    action: 'decision.planned',
    subject: 'ingress shop/web',
    decisionId: 'decision-1',
    detail: '',
    ...changes,
  };
}

export function sampleNotification(changes: Partial<Notification> = {}): Notification {
  return {
    id: 'notification-1',
    channel: 'slack',
    event: { type: 'alert.opened', alert: sampleAlert() },
    createdAtMs: NOON_MS,
    attempts: 0,
    nextAttemptAtMs: NOON_MS,
    ...changes,
  };
}

/** ISO text of the moment this many milliseconds after noon. */
export function isoAt(offsetMs: number): string {
  return new Date(NOON_MS + offsetMs).toISOString();
}
