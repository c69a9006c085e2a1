import type { IngressRef } from './decision.ts';

/** Who owns an annotation, from `metadata.managedFields`. */
export interface FieldOwner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
}

/** What `response` reads of an Ingress. */
export interface IngressSnapshot {
  readonly ref: IngressRef;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly ingressClass: string | null;
  readonly annotations: Readonly<Record<string, string>>;
  /** Owners of each annotation key; a key nobody owns is absent. */
  readonly owners: Readonly<Record<string, readonly FieldOwner[]>>;
}

/**
 * The Kubernetes calls that `response` needs, all under the field manager `kubesecure`. Errors are KubeSecureError:
 * `not-found`, `forbidden` (RBAC), `conflict` (somebody else was faster: read again), `unavailable` (no answer).
 */
export interface IngressApi {
  read(ref: IngressRef): Promise<IngressSnapshot>;
  /**
   * Server-side apply: exactly these annotations are ours from now on; those of ours left out are removed. With a
   * `resourceVersion` it is a `conflict` if the Ingress has changed since that reading.
   */
  applyAnnotations(
    ref: IngressRef,
    annotations: Readonly<Record<string, string>>,
    options: { readonly dryRun: boolean; readonly resourceVersion?: string },
  ): Promise<void>;
  /** Puts values back and their former owners with them, so that no trace of ours stays on these keys. */
  restoreAnnotations(
    ref: IngressRef,
    previous: readonly { readonly key: string; readonly value: string; readonly owner: FieldOwner | null }[],
    options: { readonly resourceVersion: string },
  ): Promise<void>;
  /** A Kubernetes Event on the Ingress. Best effort: a failure is logged by the caller, never undoes the step. */
  recordEvent(
    ref: IngressRef & { readonly uid: string },
    event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
  ): Promise<void>;
}
