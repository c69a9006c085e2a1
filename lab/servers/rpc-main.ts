/** The lab's rpc: HTTP/2 in clear text with the framing of gRPC, latencies of its own. Arguments: address, port, seed, lab. */
import { randomBytes } from 'node:crypto';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { createRandom } from '../random.ts';
import { RPC_STREAM_PATH } from './rpc.ts';

const [address, port, seed, kind] = process.argv.slice(2);
const random = createRandom(Number(seed));
const typicalDelayMs = kind === 'b' ? random.logBetween(3, 60) : random.logBetween(0.5, 15);
const typicalBytes = random.logBetween(30, 2_000);
const streamPauseMs = random.logBetween(50, 1_000);
/** A stream ends after so many messages at most. */
const MOST_MESSAGES = 200;

const server = createServer();
server.on('stream', (stream, headers) => {
  // Clients that go away in the middle of a call are ordinary.
  stream.on('error', () => stream.destroy());
  stream.resume();
  stream.once('end', () => {
    if (headers[':path'] === RPC_STREAM_PATH) sendMany(stream, random.integer(5, MOST_MESSAGES));
    else setTimeout(() => sendMany(stream, 1), typicalDelayMs * random.logBetween(0.5, 3));
  });
});
server.listen(Number(port), address);

/** Sends messages with pauses between them, then the trailers that end a call. */
function sendMany(stream: ServerHttp2Stream, count: number): void {
  if (stream.destroyed) return;
  if (!stream.headersSent) {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  }
  if (count === 1) {
    stream.end(drawMessage());
    return;
  }
  stream.write(drawMessage());
  setTimeout(() => sendMany(stream, count - 1), streamPauseMs * random.between(0.5, 1.5));
}

/** A flag byte and the length before each message, as gRPC has it. */
function drawMessage(): Buffer {
  const body = randomBytes(Math.round(typicalBytes * random.logBetween(0.5, 2)));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}
