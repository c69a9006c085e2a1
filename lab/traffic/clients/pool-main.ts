/** A connection pool to Redis or NATS: opened at the start, kept, opened anew when it breaks. Argument: `PoolSettings`. */
import { connect, type Socket } from 'node:net';
import { createRandom } from '../../random.ts';
import { poissonPauseMs, type PoolSettings } from './settings.ts';

const settings: PoolSettings = JSON.parse(process.argv[2]);
const random = createRandom(settings.seed);
const RECONNECT_MS = 2_000;
const SUBJECTS = ['orders.new', 'orders.paid', 'stock.low', 'mail.send'] as const;

const SPEECH = {
  redis: { hello: () => redis('AUTH', settings.password), request: redisRequest, ping: () => redis('PING') },
  nats: { hello: natsHello, request: natsRequest, ping: () => 'PING\r\n' },
} as const;
const speech = SPEECH[settings.protocol];

const pool: Socket[] = Array.from({ length: settings.connections }, (_, index) => open(index));
if (settings.requestsPerSecond > 0) askNext();
setInterval(() => pool.forEach((socket) => say(socket, speech.ping())), settings.pingMs);

function open(index: number): Socket {
  const socket = connect(settings.port, settings.address);
  socket.setNoDelay(true);
  socket.once('connect', () => say(socket, speech.hello()));
  socket.on('data', (chunk: Buffer) => {
    // NATS asks its clients whether they live and closes those that do not say so.
    if (settings.protocol === 'nats' && chunk.includes('PING\r\n')) say(socket, 'PONG\r\n');
  });
  // What went wrong is of no interest: 'close' follows in any case.
  socket.on('error', () => socket.destroy());
  socket.once('close', () => setTimeout(() => (pool[index] = open(index)), RECONNECT_MS));
  return socket;
}

function askNext(): void {
  setTimeout(
    () => {
      say(random.pick(pool), speech.request());
      askNext();
    },
    poissonPauseMs(random, 1_000 / settings.requestsPerSecond),
  );
}

function say(socket: Socket, text: string): void {
  if (socket.readyState === 'open') socket.write(text);
}

function redisRequest(): string {
  const key = `cart:${random.integer(1, 500)}`;
  return random.chance(0.7) ? redis('GET', key) : redis('SET', key, payload());
}

/** Redis's wire format: an array of strings, each with its length. */
function redis(...words: readonly string[]): string {
  return [`*${words.length}`, ...words.flatMap((word) => [`$${word.length}`, word]), ''].join('\r\n');
}

function natsHello(): string {
  const login = JSON.stringify({ verbose: false, user: settings.user, pass: settings.password });
  const wanted = random.shuffle(SUBJECTS).slice(0, random.integer(0, 2));
  return [`CONNECT ${login}`, 'PING', ...wanted.map((subject, index) => `SUB ${subject} ${index + 1}`), ''].join(
    '\r\n',
  );
}

function natsRequest(): string {
  const message = payload();
  return `PUB ${random.pick(SUBJECTS)} ${message.length}\r\n${message}\r\n`;
}

function payload(): string {
  return 'x'.repeat(Math.round(random.logBetween(10, settings.mostBytes)));
}
