/** A server of events: long polls, streams, and sockets after an upgrade. Arguments: address, seed, pace. */
import { createServer } from 'node:http';
import { createRandom } from '../../random.ts';
import { EVENTS_PORT } from './settings.ts';

const [address, seed, pace] = process.argv.slice(2);
const random = createRandom(Number(seed));
const holdMs = random.logBetween(3_000, 30_000);
const eventMs = random.logBetween(500, 20_000) / Number(pace);

const server = createServer((request, response) => {
  if (request.url === '/stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => response.write(`data: ${event()}\n\n`), eventMs);
    response.once('close', () => clearInterval(timer));
  } else {
    const timer = setTimeout(() => response.end(event()), holdMs * random.between(0.1, 1));
    response.once('close', () => clearTimeout(timer));
  }
});
server.keepAliveTimeout = 60_000;

server.on('upgrade', (_request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const timer = setInterval(() => socket.write(textFrame(event())), eventMs);
  socket.resume();
  socket.on('error', () => socket.destroy());
  socket.once('close', () => clearInterval(timer));
});
server.listen(EVENTS_PORT, address);

function event(): string {
  return `{"order":${random.integer(1, 99_999)},"note":"${'x'.repeat(random.integer(1, 60))}"}`;
}

/** RFC 6455, section 5.2: a final text frame without a mask, shorter than 126 bytes. */
function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
}
