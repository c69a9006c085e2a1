import { KubeConfig, KubernetesObjectApi, PatchStrategy, type KubernetesObject } from '@kubernetes/client-node';

/** The namespace, the Ingress and the host name of the web server that stands behind Traefik. */
export const SHOP = { namespace: 'shop', ingress: 'web', host: 'shop.example', port: 8080 };

/** Puts into the cluster what leads requests for `shop.example` to the web server at `address`. May be repeated. */
export async function applyShop(kubeconfigPath: string, address: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath);
  const client = KubernetesObjectApi.makeApiClient(config);
  for (const manifest of shopManifests(address)) {
    await client.patch(manifest, undefined, undefined, 'testbed', true, PatchStrategy.ServerSideApply);
  }
}

function shopManifests(address: string): (KubernetesObject & Record<string, unknown>)[] {
  const { namespace, ingress, host, port } = SHOP;
  const path = { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } };
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { ports: [{ name: 'http', port: 80, targetPort: port }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', namespace, labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port, protocol: 'TCP' }],
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: ingress, namespace },
      spec: { ingressClassName: 'nginx', rules: [{ host, http: { paths: [path] } }] },
    },
  ];
}
