import { hostname } from 'node:os';
import { z } from 'zod';
import type { IngressRef } from '#core/decision.ts';
import { KubeSecureError } from '#core/error.ts';
import { FIELD_MANAGER } from '#core/field-manager.ts';
import type { FieldOwner, IngressApi, IngressSnapshot } from '#core/ingress-api.ts';
import type { ClusterConnection } from './connection.ts';
import { annotationOwners, ManagedFieldsEntry, withFormerOwners } from './managed-fields.ts';

const MAX_EVENT_MESSAGE = 1_000;

/** What is used of an Ingress (networking.k8s.io/v1). */
const IngressObject = z.object({
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
    managedFields: z.array(ManagedFieldsEntry).default([]),
  }),
  spec: z.object({ ingressClassName: z.string().nullish() }),
});
type IngressObject = z.infer<typeof IngressObject>;

/** The Ingress calls of `response`, on a real API server, under the field manager `kubesecure`. */
export function createIngressApi(connection: ClusterConnection): IngressApi {
  /** Server-side apply of exactly these annotations; the others of ours go. */
  async function apply(
    ref: IngressRef,
    annotations: Readonly<Record<string, string>>,
    options: { readonly doing: string; readonly resourceVersion: string | undefined; readonly dryRun: boolean },
  ): Promise<IngressObject> {
    const { doing, resourceVersion, dryRun } = options;
    const answer = await connection.request({
      method: 'PATCH',
      path: pathOf(ref),
      query: { fieldManager: FIELD_MANAGER, force: 'true', ...(dryRun ? { dryRun: 'All' } : {}) },
      body: {
        contentType: 'application/apply-patch+yaml',
        value: {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'Ingress',
          metadata: { name: ref.name, namespace: ref.namespace, resourceVersion, annotations },
        },
      },
      doing: `${doing} ${nameOf(ref)}`,
      right: `patch ingresses in namespace ${ref.namespace}`,
    });
    return parseIngress(ref, answer);
  }

  return {
    async read(ref) {
      const answer = await connection.request({
        method: 'GET',
        path: pathOf(ref),
        doing: `reading ${nameOf(ref)}`,
        right: `get ingresses in namespace ${ref.namespace}`,
      });
      return snapshotOf(ref, parseIngress(ref, answer));
    },

    async applyAnnotations(ref, annotations, options) {
      const { dryRun, resourceVersion } = options;
      await apply(ref, annotations, { doing: 'limiting', resourceVersion, dryRun });
    },

    // Two steps, for the server counts whatever changes in a request as the sender's own: first the values, then the
    // owners. Stopped in between, the values are right and the keys still ours; doing it again finishes it.
    async restoreAnnotations(ref, previous, options) {
      const values: Record<string, string> = {};
      const former: { key: string; owner: FieldOwner }[] = [];
      for (const { key, value, owner } of previous) {
        values[key] = value;
        if (owner !== null) former.push({ key, owner });
      }
      const { resourceVersion } = options;
      const { metadata } = await apply(ref, values, { doing: 'restoring', resourceVersion, dryRun: false });
      if (!metadata.managedFields.some((entry) => entry.manager === FIELD_MANAGER)) return;

      const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
      const managedFields = withFormerOwners(metadata.managedFields, former, now);
      await connection.request({
        method: 'PATCH',
        path: pathOf(ref),
        query: { fieldManager: FIELD_MANAGER },
        body: {
          contentType: 'application/merge-patch+json',
          value: { metadata: { resourceVersion: metadata.resourceVersion, managedFields } },
        },
        doing: `giving ${nameOf(ref)} back to its owners`,
        right: `patch ingresses in namespace ${ref.namespace}`,
      });
    },

    async recordEvent(ref, event) {
      const now = new Date().toISOString();
      await connection.request({
        method: 'POST',
        path: `/api/v1/namespaces/${encodeURIComponent(ref.namespace)}/events`,
        query: { fieldManager: FIELD_MANAGER },
        body: {
          contentType: 'application/json',
          value: {
            metadata: { generateName: `${ref.name.slice(0, 200)}.kubesecure-`, namespace: ref.namespace },
            involvedObject: {
              apiVersion: 'networking.k8s.io/v1',
              kind: 'Ingress',
              namespace: ref.namespace,
              name: ref.name,
              uid: ref.uid,
            },
            type: event.type,
            reason: event.reason,
            message: event.message.slice(0, MAX_EVENT_MESSAGE),
            firstTimestamp: now,
            lastTimestamp: now,
            count: 1,
            source: { component: FIELD_MANAGER },
            reportingComponent: FIELD_MANAGER,
            reportingInstance: hostname(),
          },
        },
        doing: `recording an event on ${nameOf(ref)}`,
        right: `create events in namespace ${ref.namespace}`,
      });
    },
  };
}

function pathOf(ref: IngressRef): string {
  const { namespace, name } = ref;
  return `/apis/networking.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/ingresses/${encodeURIComponent(name)}`;
}

function nameOf(ref: IngressRef): string {
  return `ingress ${ref.namespace}/${ref.name}`;
}

function parseIngress(ref: IngressRef, answer: unknown): IngressObject {
  const parsed = IngressObject.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new KubeSecureError('internal', `while reading ${nameOf(ref)}: ${z.prettifyError(parsed.error)}`);
}

function snapshotOf(ref: IngressRef, object: IngressObject): IngressSnapshot {
  const { uid, resourceVersion, annotations, managedFields } = object.metadata;
  return {
    ref,
    uid,
    resourceVersion,
    ingressClass: object.spec.ingressClassName ?? annotations['kubernetes.io/ingress.class'] ?? null,
    annotations,
    owners: annotationOwners(managedFields),
  };
}
