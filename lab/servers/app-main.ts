/** The lab's app: a small HTTP service with latencies of its own. Arguments: address, port, seed, lab. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRandom } from '../random.ts';
import { LOGIN, LOGIN_PATH } from './web-paths.ts';

const [address, port, seed, kind] = process.argv.slice(2);
const random = createRandom(Number(seed));
const typicalDelayMs = kind === 'b' ? random.logBetween(8, 90) : random.logBetween(3, 40);
const metrics = '# lab\n'.repeat(random.integer(1_000, 8_000));

const server = createServer((request, response) => {
  // Uploads (the nightly dump) are read and forgotten.
  request.resume();
  request.once('end', () => answer(request, response));
});
server.keepAliveTimeout = random.integer(5, 30) * 1_000;
server.listen(Number(port), address);

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '/';
  if (path === '/healthz') response.end('alive\n');
  else if (path === '/metrics') response.end(metrics);
  else if (path === LOGIN_PATH) setTimeout(() => response.writeHead(isRight(request) ? 200 : 401).end(), drawDelayMs());
  else if (path.startsWith('/api/')) setTimeout(() => response.end(orders()), drawDelayMs());
  else response.writeHead(request.method === 'PUT' ? 201 : 404).end();
}

/** One person is known, by HTTP's basic way. */
function isRight(request: IncomingMessage): boolean {
  return request.headers.authorization === `Basic ${Buffer.from(LOGIN).toString('base64')}`;
}

/** Mostly near the typical delay, now and then far above it, as real services are. */
function drawDelayMs(): number {
  return Math.min(typicalDelayMs * random.logBetween(0.5, 2) * (random.chance(0.05) ? 6 : 1), 400);
}

function orders(): string {
  return JSON.stringify({ orders: Array.from({ length: random.integer(1, 60) }, (_, id) => ({ id, item: 'tea' })) });
}
