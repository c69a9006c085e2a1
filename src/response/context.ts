import type { Clock } from '#core/clock.ts';
import type { ClusterView } from '#core/cluster-view.ts';
import type { Decision } from '#core/decision.ts';
import type { IngressApi } from '#core/ingress-api.ts';
import type { Log } from '#core/log.ts';
import type { Store } from '#core/store.ts';
import type { ResponseConfig } from './config.ts';

/** What the stage is given. */
export interface ResponderOptions {
  readonly store: Store;
  /** Null where there is no cluster. */
  readonly ingressApi: IngressApi | null;
  readonly clusterView: ClusterView | null;
  readonly settings: ResponseConfig;
  /** Names of the channels that are told of each decision. */
  readonly channels: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each decision that came into a new state, after that was stored. */
  readonly afterChange?: (decision: Decision) => void;
}

/** What the steps of the stage share. */
export interface ResponseContext extends ResponderOptions {
  /** Decisions whose last attempt failed because the API server did not answer, with the reason. */
  readonly unanswered: Map<string, string>;
}

export function createContext(options: ResponderOptions): ResponseContext {
  return { ...options, unanswered: new Map() };
}

/** The moment, as records keep it. */
export function isoAt(ms: number): string {
  return new Date(ms).toISOString();
}
