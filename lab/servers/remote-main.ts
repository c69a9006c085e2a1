/** The lab's machine on the internet. Arguments: address, folder with the certificate, seed. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createSink } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createRandom } from '../random.ts';
import { BLOB_PATH, SINK_PORT } from './remote.ts';

const [address, folder, seed] = process.argv.slice(2);
const random = createRandom(Number(seed));
const typicalDelayMs = random.logBetween(1, 30);
const answerBytes = Math.round(random.logBetween(20, 4_000));
const CHUNK = Buffer.alloc(64 * 1_024);

const certificate = { cert: readFileSync(join(folder, 'tls.crt')), key: readFileSync(join(folder, 'tls.key')) };
for (const [server, port] of [
  [createServer(answer), 80],
  [createTlsServer(certificate, answer), 443],
] as const) {
  server.keepAliveTimeout = random.integer(5, 60) * 1_000;
  server.listen(port, address);
}
const sink = createSink((socket) => {
  socket.on('error', () => socket.destroy());
  socket.resume();
});
sink.listen(SINK_PORT, address);

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  request.once('end', () =>
    setTimeout(() => send(request.url ?? '/', response), typicalDelayMs * random.logBetween(0.5, 2)),
  );
}

function send(path: string, response: ServerResponse): void {
  const bytes = path.startsWith(BLOB_PATH) ? Number(path.slice(BLOB_PATH.length)) : answerBytes;
  if (!Number.isInteger(bytes) || bytes < 0) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-length': bytes });
  Readable.from(chunksOf(bytes)).pipe(response);
}

function* chunksOf(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, Math.min(left, CHUNK.length));
}
