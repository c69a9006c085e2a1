import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { IngressApi } from '#core/ingress-api.ts';
import { silentLog } from '#core/log.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { type ClusterConnection, connectCluster } from '#cluster/connection.ts';
import { createIngressApi } from '#cluster/ingress-api.ts';
import { startTcpRelay, type TcpRelay } from './tcp-relay.ts';

/** For the real tests: a person, Helm or a controller at work on the API server beside us. */

export const RPS = 'nginx.ingress.kubernetes.io/limit-rps';
export const RPM = 'nginx.ingress.kubernetes.io/limit-rpm';
export const MULTIPLIER = 'nginx.ingress.kubernetes.io/limit-burst-multiplier';
export const CONNECTIONS = 'nginx.ingress.kubernetes.io/limit-connections';

export interface RawObject {
  metadata: {
    name: string;
    resourceVersion: string;
    annotations?: Record<string, string>;
    managedFields?: { manager: string; operation: string; time?: string; fieldsV1: unknown }[];
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

export type Annotations = Record<string, string | null>;

export interface ApiRig {
  readonly connection: ClusterConnection;
  readonly api: IngressApi;
  readonly createNamespace: (name: string) => Promise<void>;
  /** Anything, at the path of its collection. */
  readonly create: (collection: string, body: object) => Promise<RawObject>;
  /** Creates `web` in the namespace, as an ordinary client does. */
  readonly createIngress: (
    namespace: string,
    annotations?: Record<string, string>,
    manager?: string,
  ) => Promise<RawObject>;
  /** Server-side apply of the whole Ingress, by force only if told. */
  readonly applyIngress: (
    namespace: string,
    annotations: Record<string, string>,
    manager: string,
    force?: boolean,
  ) => Promise<RawObject>;
  /** Changes some annotations, as `kubectl annotate` does; null removes one. */
  readonly annotate: (namespace: string, annotations: Annotations, manager?: string) => Promise<RawObject>;
  readonly readIngress: (namespace: string) => Promise<RawObject>;
  readonly deleteIngress: (namespace: string) => Promise<void>;
  readonly eventsOf: (namespace: string) => Promise<{ reason: string; message: string; type: string }[]>;
}

export async function createApiRig(kubeconfig: string): Promise<ApiRig> {
  const connection = await connectCluster({ kubeconfig, inCluster: false }, silentLog);
  if (connection === null) throw new Error('the testbed has no kubeconfig');
  const collectionOf = (namespace: string): string => `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;

  async function send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    target: string,
    contentType = '',
    value?: object,
  ): Promise<RawObject> {
    const [address = '', query = ''] = target.split('?');
    const answer = await connection?.request({
      method,
      path: address,
      query: Object.fromEntries(new URLSearchParams(query)),
      ...(value === undefined ? {} : { body: { contentType, value } }),
      doing: `${method} ${target}`,
      right: `${method} ${target}`,
    });
    return answer as RawObject;
  }

  return {
    connection,
    api: createIngressApi(connection),
    async createNamespace(name) {
      await send('POST', '/api/v1/namespaces', 'application/json', { metadata: { name } });
    },
    create: (collection, body) => send('POST', collection, 'application/json', body),
    createIngress: (namespace, annotations, manager = 'kubectl-create') =>
      send('POST', `${collectionOf(namespace)}?fieldManager=${manager}`, 'application/json', ingress(annotations)),
    applyIngress: (namespace, annotations, manager, force = false) =>
      send(
        'PATCH',
        `${collectionOf(namespace)}/web?fieldManager=${manager}&force=${force}`,
        'application/apply-patch+yaml',
        ingress(annotations),
      ),
    annotate: (namespace, annotations, manager = 'kubectl-annotate') =>
      send('PATCH', `${collectionOf(namespace)}/web?fieldManager=${manager}`, 'application/merge-patch+json', {
        metadata: { annotations },
      }),
    readIngress: (namespace) => send('GET', `${collectionOf(namespace)}/web`),
    async deleteIngress(namespace) {
      await send('DELETE', `${collectionOf(namespace)}/web`);
    },
    async eventsOf(namespace) {
      const list = await send('GET', `/api/v1/namespaces/${namespace}/events`);
      return list['items'] as { reason: string; message: string; type: string }[];
    },
  };
}

function ingress(annotations?: Record<string, string>): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', ...(annotations === undefined ? {} : { annotations }) },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'shop.example',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
          },
        },
      ],
    },
  };
}

const BOOKKEEPING = new Set(['managedFields', 'resourceVersion']);

/** The object as a person sees it: without what the API server itself changes with every write. */
export function withoutBookkeeping(object: object): object {
  return JSON.parse(
    JSON.stringify(object, (key, value: unknown) => (BOOKKEEPING.has(key) ? undefined : value)),
  ) as object;
}

/** Who owns what, without the times. */
export function ownership(object: RawObject): string[] {
  const entries = object.metadata.managedFields ?? [];
  return entries
    .map(({ manager, operation, fieldsV1 }) => `${manager} ${operation} ${JSON.stringify(fieldsV1)}`)
    .toSorted();
}

/** A relay before the API server that can be cut, and a kubeconfig that goes through it. */
export async function createCable(testbed: Testbed): Promise<TcpRelay & { readonly kubeconfig: string }> {
  const { hostname, port } = new URL(testbed.api.url);
  const relay = await startTcpRelay({ host: hostname, port: Number(port) });
  const kubeconfig = path.join(testbed.folder, `cable-${relay.port}.kubeconfig`);
  const text = readFileSync(testbed.kubeconfigPath, 'utf8');
  writeFileSync(kubeconfig, text.replaceAll(testbed.api.url, `https://127.0.0.1:${relay.port}`), { mode: 0o600 });
  return { ...relay, kubeconfig };
}
