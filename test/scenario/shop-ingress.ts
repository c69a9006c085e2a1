import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NetworkingV1Api, PatchStrategy, setHeaderOptions, type V1Ingress } from '@kubernetes/client-node';
import { SHOP } from '../../testbed/testbed.ts';

/** The victim's address in the samples: the Ingress says that it is reached there. */
const VICTIM = '10.77.0.10';

/** What a person and another tool have written on the Ingress before we come. */
const ANNOTATIONS = {
  'nginx.ingress.kubernetes.io/limit-rps': '50',
  'nginx.ingress.kubernetes.io/proxy-body-size': '8m',
  'example.com/team': 'shop',
};

const BOOKKEEPING = new Set(['managedFields', 'resourceVersion']);

/** Gives the shop's Ingress a person's annotations and the victim's address, and returns it as it then is. */
export async function personsIngress(networking: NetworkingV1Api): Promise<V1Ingress> {
  const named = { namespace: SHOP.namespace, name: SHOP.ingress };
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const metadata = { annotations: { ...ANNOTATIONS } };
  await networking.patchNamespacedIngress({ ...named, body: { metadata }, fieldManager: 'kubectl-edit' }, merge);
  const status = { loadBalancer: { ingress: [{ ip: VICTIM }] } };
  await networking.patchNamespacedIngressStatus({ ...named, body: { status }, fieldManager: 'cloud' }, merge);
  return networking.readNamespacedIngress(named);
}

/** The object without what the API server itself changes with every write. */
export function withoutBookkeeping(ingress: V1Ingress): object {
  return JSON.parse(
    JSON.stringify(ingress, (key, value: unknown) => (BOOKKEEPING.has(key) ? undefined : value)),
  ) as object;
}

/** Who owns an annotation, as `manager (operation)`. */
export function ownerOf(ingress: V1Ingress, key: string): string[] {
  const entries = ingress.metadata?.managedFields ?? [];
  return entries
    .filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes(`"f:${key}"`))
    .map(({ manager, operation }) => `${manager} (${operation})`);
}

/** The same kubeconfig with the API server reached through a port of a proxy. */
export function kubeconfigThrough(kubeconfigPath: string, port: number, folder: string): string {
  const path = join(folder, 'kubeconfig');
  const text = readFileSync(kubeconfigPath, 'utf8').replaceAll(
    /https:\/\/127\.0\.0\.1:\d+/g,
    `https://127.0.0.1:${port}`,
  );
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
