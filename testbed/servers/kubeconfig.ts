import { renameSync, writeFileSync } from 'node:fs';

import { stringify } from 'yaml';

/** Writes a kubeconfig that carries everything in itself, readable by its owner only. */
export function writeKubeconfig(
  path: string,
  access: { server: string; user: string; authority: string; certificate: string; key: string },
): void {
  const name = 'kubesecure-testbed';
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: access.server, 'certificate-authority-data': base64(access.authority) } }],
    users: [
      {
        name: access.user,
        user: { 'client-certificate-data': base64(access.certificate), 'client-key-data': base64(access.key) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: access.user } }],
    'current-context': name,
  };
  writeFileSync(`${path}.new`, stringify(document), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
