import type { Random } from '../random.ts';
import type { InventedPacket } from './wire.ts';
import { ACK, FIN, PSH, RST, SYN } from './wire.ts';

/** One end of a conversation. */
export interface End {
  readonly ip: number;
  readonly port: number;
}

/** A request and its answer, in bytes; either may be 0. Waits are microseconds before each. */
export interface Exchange {
  readonly waitUs: number;
  readonly up: number;
  readonly serverUs: number;
  readonly down: number;
}

export type Ending = 'client-fin' | 'server-fin' | 'client-rst' | 'server-rst' | 'open';

export interface TcpConversation {
  readonly startUs: number;
  readonly client: End;
  readonly server: End;
  readonly rttUs: number;
  /** False: the capture began when the connection was already there. */
  readonly handshake: boolean;
  readonly exchanges: readonly Exchange[];
  readonly ending: Ending;
  /** What one side sends while nothing else is said: keep-alives, or probes of a window that is full. */
  readonly idle?: { readonly everyUs: number; readonly by: 'client' | 'server' };
  /** Share of the segments with data that are sent twice. */
  readonly loss?: number;
  /** How fast data goes at most; null: as fast as the network. */
  readonly bytesPerSecond?: number | null;
  /** Bytes in the largest segment; drawn where it is not said. */
  readonly segment?: number;
  /** Nothing is sent after this moment, or when so many packets are on the wire: the connection stays open. */
  readonly untilUs?: number;
  readonly most?: number;
}

/** Where invented packets go. */
export type Wire = InventedPacket[];

/** Bytes in the largest segment: offloading shows larger packets than went over the wire. */
export const SEGMENTS = [1448, 1448, 1448, 1380, 8948, 16_000];
/** Keep-alives or window probes in one silence at most. */
const MOST_PROBES = 60;
/** How long Linux waits for something to send along with an acknowledgement. */
const DELAYED_ACK_US = 40_000;

/** Plays a whole TCP conversation onto the wire; returns when it ended. */
export function playTcp(wire: Wire, random: Random, conversation: TcpConversation): number {
  const {
    client,
    server,
    rttUs,
    exchanges,
    idle,
    loss = 0,
    bytesPerSecond = null,
    untilUs = Infinity,
    most = Infinity,
  } = conversation;
  const half = rttUs / 2;
  const segment = conversation.segment ?? random.pick(SEGMENTS);
  let clientSeq = random.integer(1, 2 ** 31);
  let serverSeq = random.integer(1, 2 ** 31);
  let us = conversation.startUs;

  const fromClient = (at: number, flags: number, payload = 0) => {
    wire.push(tcp(at, client, server, flags, clientSeq, serverSeq, payload));
    clientSeq += payload + (flags & (SYN | FIN) ? 1 : 0);
  };
  const fromServer = (at: number, flags: number, payload = 0) => {
    wire.push(tcp(at, server, client, flags, serverSeq, clientSeq, payload));
    serverSeq += payload + (flags & (SYN | FIN) ? 1 : 0);
  };
  const isOver = () => us > untilUs || wire.length >= most;
  /** Sends `bytes` in segments, the other side acknowledging every second one, and the last unless it soon speaks itself. */
  const send = (bytes: number, data: typeof fromClient, acknowledge: typeof fromClient, answerUs: number) => {
    const segments = Math.ceil(bytes / segment);
    for (let i = 0; i < segments && !isOver(); i++) {
      const last = i === segments - 1;
      const payload = last ? bytes - segment * (segments - 1) : segment;
      data(us, last ? PSH | ACK : ACK, payload);
      if (random.chance(loss)) {
        us += rttUs + (random.chance(0.5) ? 200_000 : 0);
        wire.push({ ...wire[wire.length - 1], us });
      }
      us += random.between(1, 12) + (i % 10 === 9 ? random.between(0, rttUs) : 0);
      if (bytesPerSecond !== null) us += (payload / bytesPerSecond) * 1e6 * random.between(0.7, 1.3);
      if (last ? answerUs > DELAYED_ACK_US : i % 2 === 1)
        acknowledge(us + half + (last && random.chance(0.4) ? DELAYED_ACK_US : 0), ACK);
    }
  };
  const wait = (forUs: number) => {
    const end = Math.min(us + forUs, untilUs);
    if (idle !== undefined) {
      const byClient = idle.by === 'client';
      const [from, to, seq, ack] = byClient
        ? [client, server, clientSeq, serverSeq]
        : [server, client, serverSeq, clientSeq];
      let at = us + idle.everyUs;
      for (let i = 0; i < MOST_PROBES && at < end; i++, at += idle.everyUs * random.between(0.98, 1.02)) {
        wire.push(tcp(at, from, to, ACK, seq - 1, ack, 0));
        wire.push(tcp(at + rttUs, to, from, ACK, ack, seq, 0));
      }
    }
    us += forUs;
  };

  if (isOver()) return us;
  if (conversation.handshake) {
    fromClient(us, SYN);
    fromServer((us += half), SYN | ACK);
    fromClient((us += half), ACK);
  }
  for (const [i, { waitUs, up, serverUs, down }] of exchanges.entries()) {
    wait(waitUs);
    if (isOver()) return us;
    if (up > 0) send(up, fromClient, fromServer, down > 0 ? serverUs : Infinity);
    us += half;
    wait(serverUs);
    if (isOver()) return us;
    const next = exchanges.at(i + 1);
    if (down > 0) send(down, fromServer, fromClient, next !== undefined && next.up > 0 ? next.waitUs : Infinity);
    us += half;
  }
  us += random.between(0, rttUs);
  if (isOver()) return us;
  switch (conversation.ending) {
    case 'client-fin':
      fromClient(us, FIN | ACK);
      fromServer((us += half), FIN | ACK);
      fromClient((us += half), ACK);
      break;
    case 'server-fin':
      fromServer(us, FIN | ACK);
      fromClient((us += half), FIN | ACK);
      fromServer((us += half), ACK);
      break;
    case 'client-rst':
      fromClient(us, RST | ACK);
      break;
    case 'server-rst':
      fromServer(us, RST | ACK);
      break;
    case 'open':
      break;
  }
  return us;
}

/** One TCP segment; the acknowledgement number counts only where the ACK flag is set. */
export function tcp(
  us: number,
  from: End,
  to: End,
  flags: number,
  seq: number,
  ack: number,
  payload: number,
): InventedPacket {
  const acknowledged = flags & ACK ? ack : 0;
  return {
    us,
    src: from.ip,
    dst: to.ip,
    protocol: 6,
    srcPort: from.port,
    dstPort: to.port,
    flags,
    seq,
    ack: acknowledged,
    payload,
  };
}
