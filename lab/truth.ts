import { z } from 'zod';
import { FAMILIES, type Family } from '#core/family.ts';
import { LAB_KINDS } from './lab-kind.ts';

/** Whose flows an attack's are: null stands for any. A null source is any address that is not one of the lab's hosts. */
export const FiveTuple = z.object({
  src: z.ipv4().nullable(),
  srcPort: z.int().min(0).max(65535).nullable(),
  dst: z.ipv4(),
  dstPort: z.int().min(0).max(65535).nullable(),
  /** IANA protocol number. */
  protocol: z.int().min(0).max(255),
});
export type FiveTuple = z.infer<typeof FiveTuple>;

/** One attack of a run. Times are of its first and last packet in the capture, microseconds since the epoch. */
export const TruthAttack = z.object({
  family: z.enum(FAMILIES),
  startUs: z.number(),
  endUs: z.number(),
  /** Packets that the attacking side sent. */
  packets: z.int(),
  /** Addresses seen on the wire; empty where every packet had another, invented source. */
  attackers: z.array(z.ipv4()),
  /** The port is null where no single one was meant (a scan). */
  victims: z.array(z.object({ ip: z.ipv4(), port: z.int().nullable() })),
  fiveTuples: z.array(FiveTuple),
});
export type TruthAttack = z.infer<typeof TruthAttack>;

/** What really happened in one run of the lab. */
export const Truth = z.object({
  version: z.literal(2),
  scenario: z.string(),
  family: z.enum([...FAMILIES, 'benign']),
  seed: z.int(),
  lab: z.enum(LAB_KINDS),
  /** What was drawn from the seed, in the scenario's own words. */
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** First and last packet of the capture, microseconds since the epoch. */
  startUs: z.number(),
  endUs: z.number(),
  /** `droppedByKernel`: packets that tcpdump was too slow for. `snaplen` in bytes. */
  capture: z.object({ packets: z.int(), droppedByKernel: z.int(), snaplen: z.int() }),
  /** `outside`: behind the gateway, with a public address. */
  hosts: z.array(z.object({ role: z.string(), ip: z.ipv4(), outside: z.boolean() })),
  attacks: z.array(TruthAttack),
});
export type Truth = z.infer<typeof Truth>;

/** A flow as the trainer knows it. `startUs`: its first packet, microseconds since the epoch. */
export interface FlowKey {
  readonly clientIp: string;
  readonly clientPort: number;
  readonly serverIp: string;
  readonly serverPort: number;
  readonly protocol: number;
  readonly startUs: number;
}

/** Clocks of two CPUs disagree by a little, so a flow may seem to begin just before its attack. */
const EARLY_US = 1_000;
/** A flow may begin with a packet that was under way when the tool ended. */
const LATE_US = 1_000_000;
/** Linux sends a SYN-ACK again for about this long; such a packet can open a flow in the other direction. */
const LATE_ANSWER_US = 65_000_000;

/** The family of the attack that this flow belongs to, or null for an ordinary flow. */
export function familyOf(truth: Truth, flow: FlowKey): Family | null {
  const attack = truth.attacks.find(
    (candidate) =>
      (beganWithin(candidate, flow, LATE_US) && matchesAny(truth, candidate, flow)) ||
      (beganWithin(candidate, flow, LATE_ANSWER_US) && matchesAny(truth, candidate, reversed(flow))),
  );
  return attack?.family ?? null;
}

function beganWithin(attack: TruthAttack, flow: FlowKey, lateUs: number): boolean {
  return flow.startUs >= attack.startUs - EARLY_US && flow.startUs <= attack.endUs + lateUs;
}

function matchesAny(truth: Truth, attack: TruthAttack, flow: FlowKey): boolean {
  return attack.fiveTuples.some(
    (tuple) =>
      tuple.protocol === flow.protocol &&
      tuple.dst === flow.serverIp &&
      (tuple.dstPort === null || tuple.dstPort === flow.serverPort) &&
      (tuple.srcPort === null || tuple.srcPort === flow.clientPort) &&
      (tuple.src === null ? !isHost(truth, flow.clientIp) : tuple.src === flow.clientIp),
  );
}

function isHost(truth: Truth, ip: string): boolean {
  return truth.hosts.some((host) => host.ip === ip);
}

function reversed(flow: FlowKey): FlowKey {
  return {
    clientIp: flow.serverIp,
    clientPort: flow.serverPort,
    serverIp: flow.clientIp,
    serverPort: flow.clientPort,
    protocol: flow.protocol,
    startUs: flow.startUs,
  };
}
