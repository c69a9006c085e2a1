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

/** Who owns an annotation, as `manager (operation)`. */
export function ownerOf(ingress: V1Ingress, key: string): string[] {
  const entries = ingress.metadata?.managedFields ?? [];
  return entries
    .filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes(`"f:${key}"`))
    .map(({ manager, operation }) => `${manager} (${operation})`);
}
