import type { Random } from '../random.ts';
import type { End, Exchange, TcpConversation, Wire } from './conversation.ts';
import { playTcp } from './conversation.ts';

/** Where and when invented traffic happens. */
export interface Scene {
  readonly random: Random;
  readonly wire: Wire;
  readonly startUs: number;
  readonly endUs: number;
  /** Round trip of this network, microseconds. */
  readonly rttUs: number;
}

/** An address of a private network or of anywhere. */
export function drawAddress(random: Random): number {
  return random.chance(0.6)
    ? ((10 << 24) | random.integer(1, 0xffffff)) >>> 0
    : ((random.integer(11, 223) << 24) | random.integer(1, 0xffffff)) >>> 0;
}

/** A port a client opens from. */
export function drawEphemeral(random: Random): number {
  return random.integer(32_768, 60_999);
}

/** A port a service listens on. */
export function drawService(random: Random): number {
  return random.pick([
    80, 443, 443, 8080, 3000, 5432, 3306, 6379, 5672, 9092, 9042, 9200, 27_017, 4222, 50_051, 1433, 1883, 22,
  ]);
}

/** A server somewhere, on a service's port or any other. */
export function drawServer(random: Random): End {
  return { ip: drawAddress(random), port: random.chance(0.8) ? drawService(random) : random.integer(1024, 40_000) };
}

/** Round trip of one pair of hosts: near or far. */
export function drawRtt({ random, rttUs }: Scene): number {
  return rttUs * random.logBetween(0.5, 3);
}

/** Moments of the scene at this mean rate, with random (Poisson) or even gaps. */
export function* moments({ random, startUs, endUs }: Scene, perSecond: number, regularity: number): Generator<number> {
  const meanUs = 1e6 / perSecond;
  let us = startUs + meanUs * random.next();
  while (us < endUs) {
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
  return Array.from({ length: count }, (_, i) => ({
    waitUs: i === 0 ? random.exponential(200) : random.exponential(sizes.waitUs),
    up: about(sizes.up),
    serverUs: random.exponential(sizes.serverUs),
    down: about(sizes.down),
  }));
}

/** Plays a conversation with a few defaults: a handshake and an orderly end. */
export function talk(
  scene: Scene,
  conversation: Pick<TcpConversation, 'startUs' | 'client' | 'server' | 'exchanges'> & Partial<TcpConversation>,
): number {
  const { random } = scene;
  return playTcp(scene.wire, random, {
    rttUs: drawRtt(scene),
    handshake: true,
    ending: random.pick(['client-fin', 'client-fin', 'server-fin', 'server-fin', 'client-rst', 'server-rst', 'open']),
    ...conversation,
  });
}
