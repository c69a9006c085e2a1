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

export interface TcpConversation {
  readonly startUs: number;
  readonly client: End;
  readonly server: End;
  readonly rttUs: number;
  /** False: the capture began when the connection was already there. */
  readonly handshake: boolean;
  readonly exchanges: readonly Exchange[];
  readonly ending: 'client-fin' | 'server-fin' | 'client-rst' | 'server-rst' | 'open';
}

/** Where invented packets go. */
export type Wire = InventedPacket[];

/** Plays a whole TCP conversation onto the wire; returns when it ended. */
export function playTcp(wire: Wire, random: Random, conversation: TcpConversation): number {
  const { client, server, rttUs } = conversation;
  const half = rttUs / 2;
  // Segmentation offload shows larger packets than went over the wire.
  const segment = random.pick([1448, 1448, 1448, 1380, 8948, 16_000]);
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
  /** Sends `bytes` in segments, the other side acknowledging every second one. */
  const send = (bytes: number, data: typeof fromClient, acknowledge: typeof fromClient) => {
    const segments = Math.ceil(bytes / segment);
    for (let i = 0; i < segments; i++) {
      const last = i === segments - 1;
      data(us, last ? PSH | ACK : ACK, last ? bytes - segment * (segments - 1) : segment);
      us += random.between(1, 12) + (i % 10 === 9 ? random.between(0, rttUs) : 0);
      if (i % 2 === 1 || (last && random.chance(0.4))) acknowledge(us + random.between(0, half), ACK);
    }
  };

  if (conversation.handshake) {
    fromClient(us, SYN);
    fromServer((us += half), SYN | ACK);
    fromClient((us += half), ACK);
  }
  for (const { waitUs, up, serverUs, down } of conversation.exchanges) {
    us += waitUs;
    if (up > 0) send(up, fromClient, fromServer);
    us += half + serverUs;
    if (down > 0) send(down, fromServer, fromClient);
    us += half;
  }
  us += random.between(0, rttUs);
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

/** What a single probe or a failed connect gets back. */
export type ProbeAnswer = 'refused' | 'open-then-reset' | 'open-then-nothing' | 'silence';

/** One TCP packet that opens nothing, and its answer; `retries` more of it on silence, as a real stack would send. */
export function playProbe(
  wire: Wire,
  random: Random,
  probe: { us: number; client: End; server: End; rttUs: number; flags: number; answer: ProbeAnswer; retries: number },
): void {
  const { us, client, server, rttUs, flags } = probe;
  const seq = random.integer(1, 2 ** 31);
  wire.push(tcp(us, client, server, flags, seq, 0, 0));
  if (probe.answer === 'silence') {
    for (let i = 1; i <= probe.retries; i++) wire.push(tcp(us + (2 ** i - 1) * 1e6, client, server, flags, seq, 0, 0));
    return;
  }
  if (probe.answer === 'refused') {
    wire.push(tcp(us + rttUs, server, client, RST | ACK, 0, seq + 1, 0));
    return;
  }
  const answerSeq = random.integer(1, 2 ** 31);
  // A server that hears nothing more sends its SYN-ACK again, after 1, 3, 7 s.
  const again = probe.answer === 'open-then-nothing' ? [0, 1e6, 3e6, 7e6] : [0];
  for (const laterUs of again) wire.push(tcp(us + rttUs + laterUs, server, client, SYN | ACK, answerSeq, seq + 1, 0));
  if (probe.answer === 'open-then-reset') wire.push(tcp(us + rttUs + 20, client, server, RST, seq + 1, 0, 0));
}

/** A datagram and its answer, if `down` is not null. */
export function playUdp(
  wire: Wire,
  datagram: { us: number; client: End; server: End; up: number; down: number | null; rttUs: number },
): void {
  const { us, client, server, up, down, rttUs } = datagram;
  wire.push(packet(us, client, server, 17, up));
  if (down !== null) wire.push(packet(us + rttUs, server, client, 17, down));
}

/** An ICMP echo request and its reply, if `answered`. */
export function playEcho(
  wire: Wire,
  echo: { us: number; client: number; server: number; payload: number; answered: boolean; rttUs: number },
): void {
  const { us, client, server, payload } = echo;
  wire.push(packet(us, { ip: client, port: 8 }, { ip: server, port: 0 }, 1, payload));
  if (echo.answered) wire.push(packet(us + echo.rttUs, { ip: server, port: 0 }, { ip: client, port: 0 }, 1, payload));
}

/** What a host answers to a datagram at a port where nobody listens. */
export function playUnreachable(wire: Wire, { us, from, to }: { us: number; from: number; to: number }): void {
  wire.push(packet(us, { ip: from, port: 3 }, { ip: to, port: 3 }, 1, 36));
}

function tcp(us: number, from: End, to: End, flags: number, seq: number, ack: number, payload: number): InventedPacket {
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

function packet(us: number, from: End, to: End, protocol: 1 | 17, payload: number): InventedPacket {
  const ports = { srcPort: from.port, dstPort: to.port };
  return { us, src: from.ip, dst: to.ip, protocol, ...ports, flags: 0, seq: 0, ack: 0, payload };
}
