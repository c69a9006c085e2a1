/** A program that calls URLs, each at a beat of its own, over kept or fresh connections. Argument: `HttpSettings`. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createRandom } from '../../random.ts';
import { type Call, type HttpSettings, KEEP_ALIVE_PROBE_MS, poissonPauseMs } from './settings.ts';

const { calls, seed }: HttpSettings = JSON.parse(process.argv[2]);
const random = createRandom(seed);
const REQUEST_LIMIT_MS = 20_000;

for (const call of calls) for (let i = 0; i < call.connections; i++) repeat(call);

/** Each of a call's connections asks, waits and asks again. */
function repeat(call: Call): void {
  const options = {
    keepAlive: call.keepAlive,
    keepAliveMsecs: KEEP_ALIVE_PROBE_MS,
    maxSockets: 1,
    rejectUnauthorized: false,
  };
  const agent = call.url.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
  const fromMs = call.fromMs + random.between(0, call.spreadMs);
  setTimeout(() => void ask(call, agent), fromMs);
}

async function ask(call: Call, agent: HttpAgent | HttpsAgent): Promise<void> {
  const beganMs = performance.now();
  await askOnce(call, agent);
  if (performance.now() > call.untilMs) {
    agent.destroy();
    return;
  }
  const pauseMs =
    call.jitter === 'poisson'
      ? poissonPauseMs(random, call.periodMs)
      : beganMs + call.periodMs * (1 + random.between(-call.jitter, call.jitter)) - performance.now();
  setTimeout(() => void ask(call, agent), Math.max(0, pauseMs));
}

/** Resolves when the answer has been read, or the attempt has failed: a caller tries again at the next beat. */
function askOnce(call: Call, agent: HttpAgent | HttpsAgent): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const send = call.url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = send(call.url, { agent, method: call.bodyBytes > 0 ? 'POST' : 'GET', timeout: REQUEST_LIMIT_MS });
  request.once('response', (response) => response.resume().once('close', resolve));
  request.once('timeout', () => request.destroy());
  request.once('error', () => resolve());
  request.end(call.bodyBytes > 0 ? Buffer.alloc(call.bodyBytes, 'x') : undefined);
  return promise;
}
