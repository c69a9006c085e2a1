/**
 * The corrected CICFlowMeter once more, as slow and as plain as it can be: every packet is kept, every column is worked
 * out at the end. Written from the description of the columns, to be compared with ours.
 */
import type { ReferencePacket } from './reference-packets.ts';

export interface ReferenceFlow {
  /** `source-destination-ports-protocol` of the first flow ever seen with this key. */
  readonly id: string;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly packets: { readonly packet: ReferencePacket; readonly isForward: boolean; readonly isRepeat: boolean }[];
  /** Segments seen, also by the flows that this one continues. */
  readonly segments: Set<string>;
  /** What the flows that this one continues lasted, gaps included. */
  readonly earlierUs: number;
  state: 'none' | 'first-fin' | 'second-fin' | 'ready';
}

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;
const ACK = 0x10;
const URG = 0x20;
const ECE = 0x40;
const CWR = 0x80;
const TCP = 6;
const UDP = 17;
const TIMEOUT_US = 120_000_000;

/** All flows of these packets; those with the same ends and protocol in the order of their starts. */
export function referenceFlows(packets: readonly ReferencePacket[]): ReferenceFlow[] {
  const open = new Map<string, ReferenceFlow>();
  const over: ReferenceFlow[] = [];
  for (const packet of packets) {
    const ends = [`${packet.source}/${packet.sourcePort}`, `${packet.destination}/${packet.destinationPort}`];
    const key = [...ends.toSorted(), packet.protocol].join(' ');
    const flow = open.get(key);
    if (flow === undefined) open.set(key, newFlow(packet));
    else if (isOver(flow, packet)) {
      over.push(flow);
      open.set(key, successor(flow, packet));
    } else {
      addPacket(flow, packet);
      flow.state = nextState(flow, packet);
    }
  }
  return [...over, ...open.values()];
}

function isOver(flow: ReferenceFlow, packet: ReferencePacket): boolean {
  const first = flow.packets[0].packet;
  if (packet.timeUs - first.timeUs > TIMEOUT_US) return true;
  if (flow.state === 'ready' && has(packet, SYN)) return true;
  return packet.icmpCode !== first.icmpCode && packet.icmpType !== first.icmpType;
}

/** A flow whose direction the packet tells: a SYN+ACK comes from the server. */
function newFlow(packet: ReferencePacket, knownId?: string): ReferenceFlow {
  const sent = [packet.source, packet.destination, packet.sourcePort, packet.destinationPort] as const;
  const turned = [packet.destination, packet.source, packet.destinationPort, packet.sourcePort] as const;
  const [source, destination, sourcePort, destinationPort] = has(packet, SYN) && has(packet, ACK) ? turned : sent;
  const id = knownId ?? [source, destination, sourcePort, destinationPort, packet.protocol].join('-');
  return startFlow({ id, source, destination, sourcePort, destinationPort, segments: new Set(), earlierUs: 0 }, packet);
}

/** What follows a flow that is over: a new one, or for connections that only lasted too long, its continuation. */
function successor(flow: ReferenceFlow, packet: ReferencePacket): ReferenceFlow {
  const gapUs = packet.timeUs - lastOf(flow).timeUs;
  const isReopened = flow.state === 'ready' && has(packet, SYN);
  const isConnection = packet.protocol === TCP || (packet.protocol === UDP && gapUs <= TIMEOUT_US);
  if (isReopened || !isConnection) return newFlow(packet, flow.id);
  const earlierUs = flow.earlierUs + durationOf(flow) + gapUs;
  return startFlow({ ...flow, segments: new Set(flow.segments), earlierUs }, packet);
}

function startFlow(identity: Omit<ReferenceFlow, 'packets' | 'state'>, packet: ReferencePacket): ReferenceFlow {
  const flow: ReferenceFlow = { ...identity, packets: [], state: 'none' };
  addPacket(flow, packet);
  return flow;
}

function addPacket(flow: ReferenceFlow, packet: ReferencePacket): void {
  const { source, sequence, acknowledgement, payload, window } = packet;
  const segment = [source, sequence, acknowledgement, payload, window].join(' ');
  const isRepeat = packet.protocol === TCP && flow.segments.has(segment);
  flow.segments.add(segment);
  flow.packets.push({ packet, isForward: source === flow.source, isRepeat });
}

/** After the packet was added. The flow's first packet does not come here. */
function nextState(flow: ReferenceFlow, packet: ReferencePacket): ReferenceFlow['state'] {
  if (has(packet, FIN)) {
    if (flow.state === 'none') return 'first-fin';
    const finsOf = (isForward: boolean) =>
      flow.packets.filter((each) => each.isForward === isForward && has(each.packet, FIN)).length;
    return flow.state === 'first-fin' && finsOf(true) > 0 && finsOf(false) > 0 ? 'second-fin' : flow.state;
  }
  if (has(packet, RST)) return 'ready';
  return has(packet, ACK) && flow.state === 'second-fin' ? 'ready' : flow.state;
}

/** The 94 columns of a flow, in their order. */
export function referenceRow(flow: ReferenceFlow): Record<string, number | string> {
  const all = flow.packets.map((each) => each.packet);
  const fwd = flow.packets.filter((each) => each.isForward).map((each) => each.packet);
  const bwd = flow.packets.filter((each) => !each.isForward).map((each) => each.packet);
  const first = all[0];
  const isFirstForward = flow.packets[0].isForward;
  const duration = durationOf(flow);
  const lengths = statistics(all.map((packet) => packet.payload));
  const fwdLengths = statistics(fwd.map((packet) => packet.payload));
  const bwdLengths = statistics(bwd.map((packet) => packet.payload));
  const gaps = statistics(gapsOf(all));
  const fwdGaps = statistics(gapsOf(fwd));
  const bwdGaps = statistics(gapsOf(bwd));
  const count = (packets: readonly ReferencePacket[], flag: number) => packets.filter((each) => has(each, flag)).length;
  const repeats = (isForward: boolean) =>
    flow.packets.filter((each) => each.isRepeat && each.isForward === isForward).length;
  const bulk = bulks(flow);
  const subflows = gapsOf(all).filter((gap) => gap > 1e6).length;
  const { active, idle } = activeAndIdle(all);
  const isConnection = first.protocol === TCP || first.protocol === UDP;

  return {
    'Flow ID': flow.id,
    'Src IP': flow.source,
    'Src Port': flow.sourcePort,
    'Dst IP': flow.destination,
    'Dst Port': flow.destinationPort,
    Protocol: first.protocol,
    Timestamp: timestampOf(first.timeUs),
    'Flow Duration': duration,
    'Total Fwd Packet': fwd.length,
    'Total Bwd packets': bwd.length,
    'Total Length of Fwd Packet': fwdLengths.sum,
    'Total Length of Bwd Packet': bwdLengths.sum,
    'Fwd Packet Length Max': fwdLengths.max,
    'Fwd Packet Length Min': fwdLengths.min,
    'Fwd Packet Length Mean': fwdLengths.mean,
    'Fwd Packet Length Std': fwdLengths.std,
    'Bwd Packet Length Max': bwdLengths.max,
    'Bwd Packet Length Min': bwdLengths.min,
    'Bwd Packet Length Mean': bwdLengths.mean,
    'Bwd Packet Length Std': bwdLengths.std,
    'Flow Bytes/s': duration === 0 ? -1 : lengths.sum / (duration / 1e6),
    'Flow Packets/s': duration === 0 ? -1 : all.length / (duration / 1e6),
    'Flow IAT Mean': gaps.mean,
    'Flow IAT Std': gaps.std,
    'Flow IAT Max': gaps.max,
    'Flow IAT Min': gaps.min,
    'Fwd IAT Total': fwdGaps.sum,
    'Fwd IAT Mean': fwdGaps.mean,
    'Fwd IAT Std': fwdGaps.std,
    'Fwd IAT Max': fwdGaps.max,
    'Fwd IAT Min': fwdGaps.min,
    'Bwd IAT Total': bwdGaps.sum,
    'Bwd IAT Mean': bwdGaps.mean,
    'Bwd IAT Std': bwdGaps.std,
    'Bwd IAT Max': bwdGaps.max,
    'Bwd IAT Min': bwdGaps.min,
    'Fwd PSH Flags': count(fwd, PSH),
    'Bwd PSH Flags': count(bwd, PSH),
    'Fwd URG Flags': count(fwd, URG),
    'Bwd URG Flags': count(bwd, URG),
    'Fwd RST Flags': count(fwd, RST),
    'Bwd RST Flags': count(bwd, RST),
    'Fwd Header Length': sum(fwd.map((packet) => packet.headerBytes)),
    'Bwd Header Length': sum(bwd.map((packet) => packet.headerBytes)),
    'Fwd Packets/s': duration > 0 ? fwd.length / (duration / 1e6) : 0,
    'Bwd Packets/s': duration > 0 ? bwd.length / (duration / 1e6) : 0,
    'Packet Length Min': lengths.min,
    'Packet Length Max': lengths.max,
    'Packet Length Mean': lengths.mean,
    'Packet Length Std': lengths.std,
    'Packet Length Variance': lengths.variance,
    'FIN Flag Count': count(all, FIN),
    'SYN Flag Count': count(all, SYN),
    'RST Flag Count': count(all, RST),
    'PSH Flag Count': count(all, PSH),
    'ACK Flag Count': count(all, ACK),
    'URG Flag Count': count(all, URG),
    'CWR Flag Count': count(all, CWR),
    'ECE Flag Count': count(all, ECE),
    'Down/Up Ratio': ratio(bwd.length, fwd.length),
    'Average Packet Size': lengths.sum / all.length,
    'Fwd Segment Size Avg': fwdLengths.mean,
    'Bwd Segment Size Avg': bwdLengths.mean,
    'Fwd Bytes/Bulk Avg': ratio(bulk.fwd.bytes, bulk.fwd.bulks),
    'Fwd Packet/Bulk Avg': ratio(bulk.fwd.packets, bulk.fwd.bulks),
    'Fwd Bulk Rate Avg': ratio(bulk.fwd.bytes, bulk.fwd.duration / 1e6),
    'Bwd Bytes/Bulk Avg': ratio(bulk.bwd.bytes, bulk.bwd.bulks),
    'Bwd Packet/Bulk Avg': ratio(bulk.bwd.packets, bulk.bwd.bulks),
    'Bwd Bulk Rate Avg': ratio(bulk.bwd.bytes, bulk.bwd.duration / 1e6),
    'Subflow Fwd Packets': ratio(fwd.length, subflows),
    'Subflow Fwd Bytes': ratio(fwdLengths.sum, subflows),
    'Subflow Bwd Packets': ratio(bwd.length, subflows),
    'Subflow Bwd Bytes': ratio(bwdLengths.sum, subflows),
    'FWD Init Win Bytes': isFirstForward ? first.window : 0,
    'Bwd Init Win Bytes': bwd.find((packet) => packet.window > 0)?.window ?? 0,
    'Fwd Act Data Pkts': fwd.filter((packet) => packet.payload >= 1).length,
    'Bwd Act Data Pkts': bwd.filter((packet) => packet.payload >= 1).length,
    'Fwd Seg Size Min': isFirstForward ? Math.min(...fwd.map((packet) => packet.headerBytes)) : 0,
    'Bwd Seg Size Min': isFirstForward ? 0 : Math.min(...bwd.map((packet) => packet.headerBytes)),
    'Active Mean': active.mean,
    'Active Std': active.std,
    'Active Max': active.max,
    'Active Min': active.min,
    'Idle Mean': idle.mean,
    'Idle Std': idle.std,
    'Idle Max': idle.max,
    'Idle Min': idle.min,
    'ICMP Code': first.icmpCode,
    'ICMP Type': first.icmpType,
    'Fwd TCP Retrans. Count': repeats(true),
    'Bwd TCP Retrans. Count': repeats(false),
    'Total TCP Retrans. Count': repeats(true) + repeats(false),
    'Total Connection Flow Time': isConnection ? flow.earlierUs + duration : 0,
    Label: 'NeedManualLabel',
  };
}

function has(packet: ReferencePacket, flag: number): boolean {
  return (packet.flags & flag) !== 0;
}

function lastOf(flow: ReferenceFlow): ReferencePacket {
  return flow.packets[flow.packets.length - 1].packet;
}

function durationOf(flow: ReferenceFlow): number {
  return lastOf(flow).timeUs - flow.packets[0].packet.timeUs;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ratio(value: number, by: number): number {
  return by === 0 ? 0 : value / by;
}

function gapsOf(packets: readonly ReferencePacket[]): number[] {
  return packets.slice(1).map((packet, index) => packet.timeUs - packets[index].timeUs);
}

/** In two passes; the deviation is that of a sample. All 0 where there is nothing. */
function statistics(values: readonly number[]) {
  if (values.length === 0) return { sum: 0, mean: 0, variance: 0, std: 0, max: 0, min: 0 };
  const total = sum(values);
  const mean = total / values.length;
  const variance = values.length < 2 ? 0 : sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1);
  return { sum: total, mean, variance, std: Math.sqrt(variance), max: Math.max(...values), min: Math.min(...values) };
}

interface Bulk {
  start: number;
  count: number;
  size: number;
  lastTs: number;
  bulks: number;
  packets: number;
  bytes: number;
  duration: number;
}

/** Four packets with data in one direction, none more than a second after the other, no data from the other side. */
function bulks(flow: ReferenceFlow): { fwd: Bulk; bwd: Bulk } {
  const none = { start: 0, count: 0, size: 0, lastTs: 0, bulks: 0, packets: 0, bytes: 0, duration: 0 };
  const fwd = { ...none };
  const bwd = { ...none };
  for (const { packet, isForward } of flow.packets) {
    const { timeUs: ts, payload } = packet;
    const my = isForward ? fwd : bwd;
    const other = isForward ? bwd : fwd;
    if (other.lastTs > my.start) my.start = 0;
    if (payload === 0) continue;
    if (my.start === 0 || (ts - my.lastTs) / 1e6 > 1) {
      Object.assign(my, { start: ts, count: 1, size: payload, lastTs: ts });
      continue;
    }
    my.count++;
    my.size += payload;
    if (my.count === 4) {
      my.bulks++;
      my.packets += 4;
      my.bytes += my.size;
      my.duration += ts - my.start;
    } else if (my.count > 4) {
      my.packets++;
      my.bytes += payload;
      my.duration += ts - my.lastTs;
    }
    my.lastTs = ts;
  }
  return { fwd, bwd };
}

function activeAndIdle(packets: readonly ReferencePacket[]) {
  const active: number[] = [];
  const idle: number[] = [];
  let startActive = packets[0].timeUs;
  let endActive = startActive;
  for (const { timeUs: ts } of packets.slice(1)) {
    const gap = ts - endActive;
    if (gap > 5e6) {
      if (endActive - startActive > 0) active.push(endActive - startActive);
      idle.push(gap);
      startActive = ts;
    }
    endActive = ts;
  }
  return { active: statistics(active), idle: statistics(idle) };
}

/** UTC; the fraction in groups of three digits, as Java's Instant writes it. */
function timestampOf(timeUs: number): string {
  const micros = String(timeUs % 1e6).padStart(6, '0');
  const seconds = new Date(Math.floor(timeUs / 1e6) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  if (micros === '000000') return seconds;
  return `${seconds}.${micros.endsWith('000') ? micros.slice(0, 3) : micros}`;
}
