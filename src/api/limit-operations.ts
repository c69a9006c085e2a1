import type { Decision, IngressRef, RateLimit } from '#core/decision.ts';

/** A person's wish to limit an Ingress. */
export interface ApplyLimitRequest {
  readonly ref: IngressRef;
  readonly limit: RateLimit;
  /** How long it holds, milliseconds; null takes the configured time. */
  readonly ttlMs: number | null;
  readonly dryRun: boolean;
  /** The person's name, for the audit log. */
  readonly actor: string;
}

/**
 * What the API asks of `response`. Errors are KubeSecureError: `not-found` (no such Ingress), `forbidden` (the cluster
 * refuses us), `conflict`, `unavailable` (the cluster does not answer), `bad-input` (a limit that cannot be written).
 */
export interface LimitOperations {
  apply(request: ApplyLimitRequest): Promise<LimitApplied>;
  /** `decision` is null where nothing of ours was in force. */
  revert(request: { readonly ref: IngressRef; readonly actor: string }): Promise<LimitReverted>;
  check(ref: IngressRef): Promise<LimitCheck>;
}

export interface LimitApplied {
  readonly decision: Decision;
  /** What a person should know beside the decision, one sentence each. */
  readonly notes: readonly string[];
}

export interface LimitReverted {
  readonly decision: Decision | null;
  readonly notes: readonly string[];
}

export interface LimitCheck {
  /** The rate-limit annotations on the Ingress now. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Field managers that own each of them. */
  readonly owners: Readonly<Record<string, readonly string[]>>;
  /** Our decision in force on it, or null. */
  readonly decision: Decision | null;
}
