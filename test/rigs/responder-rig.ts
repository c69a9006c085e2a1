import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Alert } from '#core/alert.ts';
import type { ClusterView } from '#core/cluster-view.ts';
import type { Decision } from '#core/decision.ts';
import type { IngressApi } from '#core/ingress-api.ts';
import { silentLog } from '#core/log.ts';
import type { Store } from '#core/store.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';
import { ResponseConfig } from '#response/config.ts';
import { createResponder, type Responder } from '#response/responder.ts';

/** For the tests: a responder on a real store, with a clock that is moved by hand. */

export interface MovableClock {
  readonly now: () => number;
  readonly advance: (ms: number) => void;
}

export function createMovableClock(): MovableClock {
  let nowMs = Date.UTC(2026, 0, 1);
  return { now: () => nowMs, advance: (ms) => (nowMs += ms) };
}

export interface ResponderRig {
  readonly clock: MovableClock;
  readonly store: Store;
  readonly path: string;
  /** A fresh responder on the same store, as after a restart. */
  readonly responder: (changes?: {
    readonly api?: IngressApi | null;
    readonly view?: ClusterView | null;
    readonly settings?: object;
    readonly store?: Store;
    readonly afterChange?: (decision: Decision) => void;
  }) => Responder;
  /** `action: detail` of a decision's audit lines, oldest first. */
  readonly audit: (decisionId: string) => Promise<string[]>;
}

export function createResponderRig(api: IngressApi | null): ResponderRig {
  const clock = createMovableClock();
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'kubesecure-response-')), 'store.db');
  const store = openSqliteStore({ path: file, clock });
  return {
    clock,
    store,
    path: file,
    responder(changes = {}) {
      return createResponder({
        store: changes.store ?? store,
        ingressApi: changes.api === undefined ? api : changes.api,
        clusterView: changes.view ?? null,
        settings: ResponseConfig.parse({ mode: 'enforce', ...changes.settings }),
        channels: ['slack'],
        clock,
        log: silentLog,
        ...(changes.afterChange === undefined ? {} : { afterChange: changes.afterChange }),
      });
    },
    async audit(decisionId) {
      const entries = await store.listAudit({ limit: 1000 });
      const own = entries.filter((entry) => entry.decisionId === decisionId).toReversed();
      return own.map(({ action, detail }) => `${action}: ${detail}`);
    },
  };
}

/** An HTTP flood against 10.77.0.10:80. */
export function flood(clock: MovableClock, changes: Partial<Alert> = {}): Alert {
  const timestamp = new Date(clock.now()).toISOString();
  return {
    id: 'alert-1',
    family: 'http-flood',
    severity: 'high',
    technique: 'T1499.002',
    status: 'open',
    message: 'HTTP flood against 10.77.0.10:80',
    timestamp,
    entity: { side: 'server', ip: '10.77.0.10', port: 80, workload: null },
    peers: [{ ip: '10.77.0.66', port: null, flows: 800 }],
    score: 0.99,
    threshold: 0.6,
    pValue: 0.001,
    firstSeen: timestamp,
    lastSeen: timestamp,
    flows: 800,
    verdicts: 3,
    reasons: [],
    ...changes,
  };
}

/** Settings by which the flood's victim stands behind the Ingress `web` of a namespace. */
export function leadingTo(namespace: string): object {
  return { targets: [{ address: '10.77.0.0/24', namespace, ingress: 'web' }] };
}
