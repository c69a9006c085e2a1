/** A caller in the way of gRPC: few HTTP/2 connections, many short calls, some long streams. Argument: `RpcSettings`. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { RPC_STREAM_PATH, RPC_UNARY_PATHS } from '../../servers/rpc.ts';
import { createRandom } from '../../random.ts';
import { poissonPauseMs, type RpcSettings } from './settings.ts';

const settings: RpcSettings = JSON.parse(process.argv[2]);
const random = createRandom(settings.seed);
const RETRY_MS = 1_000;

const sessions: ClientHttp2Session[] = Array.from({ length: settings.connections }, (_, index) => open(index));
for (let i = 0; i < settings.streams; i++) watch();
if (settings.callsPerSecond > 0) callNext();

function open(index: number): ClientHttp2Session {
  const session = connect(`http://${settings.address}:50051`);
  session.on('error', () => session.destroy());
  session.once('close', () => setTimeout(() => (sessions[index] = open(index)), RETRY_MS));
  return session;
}

function callNext(): void {
  setTimeout(
    () => {
      const stream = begin(random.pick(RPC_UNARY_PATHS));
      stream?.end(message());
      callNext();
    },
    poissonPauseMs(random, 1_000 / settings.callsPerSecond),
  );
}

/**
 * A stream that stays: half of them are the server's, which sends for as long as it likes, half are the caller's, which
 * says something now and then and gets one answer at the end.
 */
function watch(): void {
  const stream = begin(RPC_STREAM_PATH);
  if (stream === null) {
    setTimeout(watch, RETRY_MS);
    return;
  }
  stream.once('close', () => setTimeout(watch, RETRY_MS));
  if (random.chance(0.5)) stream.end(message());
  else talk(stream, random.integer(2, 50));
}

function talk(stream: ClientHttp2Stream, messages: number): void {
  if (stream.destroyed) return;
  if (messages === 0) {
    stream.end();
    return;
  }
  stream.write(message());
  setTimeout(() => talk(stream, messages - 1), settings.messageMs);
}

function begin(path: string): ClientHttp2Stream | null {
  const session = random.pick(sessions);
  if (session.destroyed || session.closed) return null;
  const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request(headers);
  stream.on('error', () => stream.destroy());
  stream.resume();
  return stream;
}

/** gRPC's frame: a flag, a length, the message. */
function message(): Buffer {
  const body = Buffer.alloc(Math.round(random.logBetween(5, settings.mostBytes)), 1);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}
