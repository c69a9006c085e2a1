import { join } from 'node:path';

import { freePorts } from './free-ports.ts';
import { startServer, type ServerProcess } from './server-process.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const READY_LIMIT_MS = 60_000;

/** Starts etcd on loopback with its data under `folder`; `onStart` hears of the process before it is ready. */
export async function startEtcd(
  program: string,
  folder: string,
  onStart: (server: ServerProcess) => void,
): Promise<{ clientUrl: string }> {
  const [clientPort = 0, peerPort = 0] = await freePorts(2);
  const clientUrl = `http://127.0.0.1:${clientPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const server = await startServer(
    'etcd',
    [
      program,
      '--name=testbed',
      `--data-dir=${join(folder, 'etcd')}`,
      '--log-level=warn',
      // The data need not outlive a power cut, and on a slow disk every write would wait for it.
      '--unsafe-no-fsync',
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=testbed=${peerUrl}`,
    ],
    join(folder, 'etcd.log'),
  );
  onStart(server);
  await waitUntilReady(server, () => answers(`${clientUrl}/health`), READY_LIMIT_MS);
  return { clientUrl };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return response.ok;
  } catch {
    return false;
  }
}
