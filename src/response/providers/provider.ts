import type { Decision, RateLimit } from '#core/decision.ts';

/** How a decision reaches one kind of ingress controller. Pure: it only says what to write and what it means. */
export interface Provider {
  readonly name: Decision['provider'];
  /** The rights it needs in the namespaces it acts in. */
  readonly rbac: readonly {
    readonly apiGroup: string;
    readonly resource: string;
    readonly verbs: readonly string[];
    readonly why: string;
  }[];
  /** Whether a controller of this ingress class is known to read what it writes; null is the cluster's default class. */
  serves(ingressClass: string | null): boolean;
  /** Every annotation it may write. */
  readonly keys: readonly string[];
  /** The annotations for a person's wish, whatever stands there. */
  write(limit: RateLimit, standing: Annotations): Written;
  /** The annotations that make what stands there stricter, never looser; null if it is already as strict. */
  tighten(limit: RateLimit, standing: Annotations): Written | null;
}

export type Annotations = Readonly<Record<string, string>>;

export interface Written {
  readonly annotations: Annotations;
  /** What a person should know about how the wish was put, one sentence each. */
  readonly notes: readonly string[];
}
