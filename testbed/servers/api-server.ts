import { mkdirSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';

import { makeAuthority, makeClientCertificate, makeServingCertificate } from './certificates.ts';
import { freePorts } from './free-ports.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { startServer, type ServerProcess } from './server-process.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const READY_LIMIT_MS = 120_000;

/** Where the API server listens and the files by which one reaches it. */
export type ApiServerAccess = { url: string; kubeconfigPath: string; certificateFolder: string };

/**
 * Starts kube-apiserver on loopback over the given etcd, with RBAC and an administrator's kubeconfig, and returns when
 * it answers and its first namespaces exist. `onStart` hears of the process before it is ready.
 */
export async function startApiServer(
  program: string,
  folder: string,
  etcdUrl: string,
  onStart: (server: ServerProcess) => void,
): Promise<ApiServerAccess> {
  const certificateFolder = join(folder, 'certificates');
  const inCertificates = (name: string): string => join(certificateFolder, name);
  mkdirSync(certificateFolder, { mode: 0o700 });
  await makeAuthority(certificateFolder);
  await makeServingCertificate(certificateFolder);
  const administrator = { user: 'admin', groups: ['system:masters'] };
  const credentials = await makeClientCertificate(certificateFolder, 'admin', administrator);

  const [port = 0] = await freePorts(1);
  const url = `https://127.0.0.1:${port}`;
  const authority = readFileSync(inCertificates('ca.crt'), 'utf8');
  const kubeconfigPath = join(folder, 'admin.kubeconfig');
  writeKubeconfig(kubeconfigPath, { server: url, user: administrator.user, authority, ...credentials });

  const server = await startServer(
    'kube-apiserver',
    [
      program,
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      // An EndpointSlice may not hold a loopback address, so the server must not try to publish its own.
      '--endpoint-reconciler-type=none',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=RBAC',
      // No controller manager runs here to make each namespace's default account, without which pods are refused.
      '--disable-admission-plugins=ServiceAccount',
      `--client-ca-file=${inCertificates('ca.crt')}`,
      `--tls-cert-file=${inCertificates('apiserver.crt')}`,
      `--tls-private-key-file=${inCertificates('apiserver.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${inCertificates('sa.pub')}`,
      `--service-account-signing-key-file=${inCertificates('sa.key')}`,
      '--profiling=false',
    ],
    join(folder, 'kube-apiserver.log'),
  );
  onStart(server);
  const isReady = async (): Promise<boolean> =>
    (await statusOf(`${url}/readyz`, authority, credentials)) === 200 &&
    (await statusOf(`${url}/api/v1/namespaces/default`, authority, credentials)) === 200;
  await waitUntilReady(server, isReady, READY_LIMIT_MS);
  return { url, kubeconfigPath, certificateFolder };
}

/** The HTTP status of a GET as the bearer of a client certificate; 0 if there was no answer within 2 s. */
function statusOf(url: string, authority: string, credentials: { certificate: string; key: string }): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(
      url,
      { ca: authority, cert: credentials.certificate, key: credentials.key, timeout: 2_000, agent: false },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(0));
    outgoing.end();
  });
}
