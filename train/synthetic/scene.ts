import type { Random } from '../random.ts';
import type { End, Exchange, TcpConversation, Wire } from './conversation.ts';
import { playTcp } from './conversation.ts';

/** Where and when invented traffic happens, and who is there. */
export interface Scene {
  readonly random: Random;
  readonly wire: Wire;
  readonly startUs: number;
  readonly endUs: number;
  /** Nothing is sent later than this: the capture ends. */
  readonly untilUs: number;
  /** Packets on the wire above which nothing more begins. */
  readonly most: number;
  /** Round trip of this network, microseconds. */
  readonly rttUs: number;
  /** Share of the segments that get lost. */
  readonly loss: number;
  /** Bytes in the largest segment; undefined where each machine has its own. */
  readonly segment: number | undefined;
  /** Machines that may be met again: those who ask, and those who answer. */
  readonly clients: number[];
  readonly servers: End[];
  /** The only client, or the only server, where the capture is one machine's own. */
  readonly onlyClient: number | null;
  readonly onlyServer: number | null;
}

/** An address of a private network. */
export function drawInside(random: Random): number {
  const [first, second] = random.pick([
    [10, random.integer(0, 255)],
    [10, random.integer(0, 255)],
    [172, random.integer(16, 31)],
    [192, 168],
  ]);
  return ((first << 24) | (second << 16) | random.integer(1, 0xfffe)) >>> 0;
}

/** An address of the internet. */
export function drawOutside(random: Random): number {
  let first = random.integer(11, 223);
  while ([100, 127, 169, 172, 192].includes(first)) first = random.integer(11, 223);
  return ((first << 24) | random.integer(1, 0xfffffe)) >>> 0;
}

/** An address of a private network or of anywhere. */
export function drawAddress(random: Random, inside = 0.6): number {
  return random.chance(inside) ? drawInside(random) : drawOutside(random);
}

/** A machine that asks: one that is already there, or a new one. */
export function drawClient(scene: Scene, inside = 0.7): number {
  const { random, clients, onlyClient, onlyServer } = scene;
  if (onlyClient !== null) return onlyClient;
  const known = clients.filter((ip) => ip !== onlyServer);
  if (known.length > 0 && random.chance(0.4)) return random.pick(known);
  const ip = drawAddress(random, inside);
  clients.push(ip);
  return ip;
}

/** A service on one of these ports, at a machine that is already there or a new one; at times on another port. */
export function drawServer(scene: Scene, ports: readonly number[], inside = 0.6): End {
  const { random } = scene;
  const port = random.chance(0.88) ? random.pick(ports) : random.integer(1024, 40_000);
  if (scene.onlyServer !== null) return { ip: scene.onlyServer, port };
  const known = scene.servers.filter(({ ip, port: at }) => ports.includes(at) && ip !== scene.onlyClient);
  if (known.length > 0 && random.chance(0.5)) return random.pick(known);
  const server = { ip: drawAddress(random, inside), port };
  scene.servers.push(server);
  return server;
}

/** A machine that answers, whatever it is asked. */
export function drawServerAddress({ random, onlyServer }: Scene, inside = 0.6): number {
  return onlyServer ?? drawAddress(random, inside);
}

/** A port a client opens from. */
export function drawEphemeral(random: Random): number {
  return random.integer(32_768, 60_999);
}

export const WEB_PORTS = [80, 443, 443, 443, 8080, 8443, 8000, 3000];
/** Ports services listen on. */
// prettier-ignore
export const SERVICE_PORTS = [80, 443, 443, 8080, 3000, 5432, 3306, 6379, 5672, 9092, 9042, 9200, 27_017, 4222, 50_051, 1433, 1883, 22];

/** Round trip of one pair of hosts: near or far. */
export function drawRtt({ random, rttUs }: Scene): number {
  return rttUs * random.logBetween(0.5, 3);
}

/** Moments of the scene at this mean rate, with random (Poisson) or even gaps. */
export function* moments(
  { random, startUs, endUs, wire, most }: Scene,
  perSecond: number,
  regularity: number,
): Generator<number> {
  const meanUs = 1e6 / perSecond;
  let us = startUs + meanUs * random.next();
  while (us < endUs && wire.length < most) {
    yield us;
    us += regularity * meanUs * random.between(0.95, 1.05) + (1 - regularity) * random.exponential(meanUs);
  }
}

/** `count` requests and answers of about these sizes (within a factor of 4), `waitUs` apart on average. */
export function drawExchanges(
  random: Random,
  count: number,
  sizes: { up: number; down: number; waitUs: number; serverUs: number },
): Exchange[] {
  const about = (bytes: number) => (bytes === 0 ? 0 : Math.round(random.logBetween(Math.max(1, bytes / 4), bytes * 4)));
  return Array.from({ length: Math.round(count) }, (_, i) => ({
    waitUs: i === 0 ? random.exponential(200) : random.exponential(sizes.waitUs),
    up: about(sizes.up),
    serverUs: random.exponential(sizes.serverUs),
    down: about(sizes.down),
  }));
}

/** Plays a conversation with a few defaults: a handshake, an orderly end, the scene's losses. Returns when it ended. */
export function talk(
  scene: Scene,
  conversation: Pick<TcpConversation, 'startUs' | 'client' | 'server' | 'exchanges'> & Partial<TcpConversation>,
): number {
  const { random } = scene;
  return playTcp(scene.wire, random, {
    rttUs: drawRtt(scene),
    handshake: true,
    ending: random.pick(['client-fin', 'client-fin', 'server-fin', 'server-fin', 'client-rst', 'server-rst', 'open']),
    loss: scene.loss,
    untilUs: scene.untilUs,
    most: scene.most,
    ...(scene.segment !== undefined && { segment: scene.segment }),
    ...conversation,
  });
}

/** A whole number, as often small as large. */
export function drawCount(random: Random, low: number, high: number): number {
  return Math.round(random.logBetween(low, high));
}
