/** Clients of the events server that wait, most of the time. Argument: `EventsSettings`. */
import { Agent, get } from 'node:http';
import { createRandom } from '../../random.ts';
import { type EventsSettings, EVENTS_PORT, KEEP_ALIVE_PROBE_MS } from './settings.ts';

const settings: EventsSettings = JSON.parse(process.argv[2]);
const random = createRandom(settings.seed);
const RETRY_MS = 2_000;
const url = `http://${settings.address}:${EVENTS_PORT}/${settings.mode}`;

for (let i = 0; i < settings.connections; i++) {
  const agent = new Agent({ keepAlive: true, keepAliveMsecs: KEEP_ALIVE_PROBE_MS, maxSockets: 1 });
  setTimeout(() => listen(agent), random.between(0, settings.spreadMs));
}

/** One after the other: an answer or a broken stream leads to the next request. */
function listen(agent: Agent): void {
  const again = () => setTimeout(() => listen(agent), settings.mode === 'poll' ? 10 : RETRY_MS);
  const headers = settings.mode === 'socket' ? { connection: 'Upgrade', upgrade: 'websocket' } : {};
  const request = get(url, { agent, headers });
  request.once('response', (response) => response.resume().once('close', again));
  request.once('upgrade', (_response, socket) => {
    socket.resume();
    socket.on('error', () => socket.destroy());
    socket.once('close', again);
  });
  request.once('error', () => setTimeout(() => listen(agent), RETRY_MS));
}
