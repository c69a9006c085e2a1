import type { Random } from '../random.ts';
import type { End, Wire } from './conversation.ts';
import type { InventedPacket } from './wire.ts';
import { tcp } from './conversation.ts';
import { ACK, RST, SYN } from './wire.ts';

/** What a single probe or a failed connect gets back. */
export type ProbeAnswer = 'refused' | 'open-then-reset' | 'open-then-nothing' | 'silence';

export interface Probe {
  readonly us: number;
  readonly client: End;
  readonly server: End;
  readonly rttUs: number;
  readonly flags: number;
  readonly answer: ProbeAnswer;
  /** How often it is sent again on silence, as a real stack would. */
  readonly retries: number;
}

/** One TCP packet that opens nothing, and its answer. */
export function playProbe(wire: Wire, random: Random, probe: Probe): void {
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

/** An ICMP echo request, and its reply where `down` (its payload) is not null. */
export function playEcho(
  wire: Wire,
  echo: { us: number; client: number; server: number; up: number; down: number | null; rttUs: number },
): void {
  const { us, client, server, up, down, rttUs } = echo;
  if (up >= 0) wire.push(packet(us, { ip: client, port: 8 }, { ip: server, port: 0 }, 1, up));
  if (down !== null) wire.push(packet(us + rttUs, { ip: server, port: 0 }, { ip: client, port: 0 }, 1, down));
}

/** What ICMP says of a packet that came to nothing. */
const PORT_UNREACHABLE = { type: 3, code: 3 };
export const HOST_UNREACHABLE = { type: 3, code: 1 };
export const TIME_EXCEEDED = { type: 11, code: 0 };

/** An ICMP error from a host, or a router on the way to it. */
export function playIcmpError(
  wire: Wire,
  error: { us: number; from: number; to: number; why?: { type: number; code: number } },
): void {
  const { type, code } = error.why ?? PORT_UNREACHABLE;
  wire.push(packet(error.us, { ip: error.from, port: type }, { ip: error.to, port: code }, 1, 36));
}

function packet(us: number, from: End, to: End, protocol: 1 | 17, payload: number): InventedPacket {
  const ports = { srcPort: from.port, dstPort: to.port };
  return { us, src: from.ip, dst: to.ip, protocol, ...ports, flags: 0, seq: 0, ack: 0, payload };
}
