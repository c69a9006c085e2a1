import { request } from 'node:http';
import { join } from 'node:path';

import { freePorts } from './free-ports.ts';
import { makeNetwork, planNetwork, type TestNetwork } from './network-namespace.ts';
import { startServer, type ServerProcess } from './server-process.ts';
import { applyShop, SHOP } from './shop.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const READY_LIMIT_MS = 60_000;

/** Where Traefik takes requests, and the file in which it notes each as one line of JSON. */
export type TraefikAccess = { url: string; accessLogPath: string };

/**
 * Starts the web server in a network namespace of its own and Traefik before it, and returns when a request for
 * `shop.example` is served. Traefik listens on loopback and reads the cluster as an ingress-nginx would. Needs root.
 * `onNetwork` and `onStart` hear of what there will be to undo before it is made and before it is ready.
 */
export async function startTraefik(
  program: string,
  folder: string,
  kubeconfigPath: string,
  onNetwork: (network: TestNetwork) => void,
  onStart: (server: ServerProcess) => void,
): Promise<TraefikAccess> {
  // The API refuses loopback addresses in an EndpointSlice, hence a namespace with an address of its own.
  const network = planNetwork();
  onNetwork(network);
  await makeNetwork(network);
  onStart(await startWebServer(network, folder));
  await applyShop(kubeconfigPath, network.insideAddress);

  const [port = 0, pingPort = 0] = await freePorts(2);
  const accessLogPath = join(folder, 'traefik-access.log');
  const server = await startServer(
    'traefik',
    [
      program,
      `--entrypoints.web.address=127.0.0.1:${port}`,
      '--entrypoints.web.forwardedheaders.trustedips=127.0.0.0/8',
      `--entrypoints.ping.address=127.0.0.1:${pingPort}`,
      '--ping=true',
      '--ping.entrypoint=ping',
      '--providers.kubernetesingressnginx=true',
      '--global.checknewversion=false',
      '--global.sendanonymoususage=false',
      '--log.level=INFO',
      '--accesslog=true',
      '--accesslog.format=json',
      `--accesslog.filepath=${accessLogPath}`,
    ],
    join(folder, 'traefik.log'),
    { ...process.env, KUBECONFIG: kubeconfigPath },
  );
  onStart(server);
  await waitUntilReady(server, async () => (await shopStatus(port)) === 200, READY_LIMIT_MS);
  return { url: `http://127.0.0.1:${port}`, accessLogPath };
}

async function startWebServer(network: TestNetwork, folder: string): Promise<ServerProcess> {
  const program = join(import.meta.dirname, 'web-server.ts');
  const webServer = [process.execPath, program, network.insideAddress, String(SHOP.port)];
  return startServer(
    'web-server',
    ['ip', 'netns', 'exec', network.namespace, ...webServer],
    join(folder, 'web-server.log'),
  );
}

function shopStatus(port: number): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path: '/', headers: { host: SHOP.host }, timeout: 2_000, agent: false },
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
