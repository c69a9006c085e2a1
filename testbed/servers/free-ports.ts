import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

import { KubeSecureError } from '#core/error.ts';

// Below the range from which the kernel takes the ports of outgoing connections, so that none of those gets in between
// the moment a port is found free and the moment the server listens on it.
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 200;

/** `count` different TCP ports nothing listens on at 127.0.0.1 right now. Throws `unavailable` if they are not found. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let attempt = 0; attempt < TRIES && found.size < count; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) found.add(port);
  }
  if (found.size < count) {
    throw new KubeSecureError('unavailable', `while looking for ${count} free ports: ${LOWEST}-${HIGHEST} is full`);
  }
  return [...found];
}

/** True if a server could listen on this port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
