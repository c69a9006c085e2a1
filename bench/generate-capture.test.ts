import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CAPTURE_KINDS, generateCapture, type CaptureKind, type CaptureOptions } from './generate-capture.ts';

const PACKETS = 60_000;

test.each(CAPTURE_KINDS)('%s: the same seed gives the same bytes, another seed others', (kind) => {
  const one = generate(kind, { packets: 2000, seed: 1 });
  expect(generate(kind, { packets: 2000, seed: 1 }).equals(one)).toBe(true);
  expect(generate(kind, { packets: 2000, seed: 2 }).equals(one)).toBe(false);
});

test.each(CAPTURE_KINDS)('%s: every packet is whole, in order, and its checksums are right', (kind) => {
  const packets = packetsOf(generate(kind, { packets: 5000, seed: 3 }));
  expect(packets).toHaveLength(5000);
  let lastUs = 0;
  for (const { timeUs, frame, wireLength } of packets) {
    expect(frame.length).toBe(wireLength);
    expect(timeUs).toBeGreaterThanOrEqual(lastUs);
    expect(checksumErrors(frame)).toEqual([]);
    lastUs = timeUs;
  }
});

test.each(['mixed', 'mixed6'] as const)('%s: a flow has 20 packets and a packet 600 bytes, on average', (kind) => {
  const packets = packetsOf(generate(kind, { packets: PACKETS, seed: 1 }));
  const flows = new Set(packets.map(({ frame }) => flowOf(frame)));
  expect(flows.size / (PACKETS / 20)).toBeGreaterThan(0.93);
  expect(flows.size / (PACKETS / 20)).toBeLessThan(1.07);
  const bytes = packets.reduce((sum, { wireLength }) => sum + wireLength, 0);
  expect(bytes / PACKETS).toBeGreaterThan(500);
  expect(bytes / PACKETS).toBeLessThan(700);
});

test('mixed: one segment in a hundred is sent twice', () => {
  const seen = new Set<string>();
  let segments = 0;
  let again = 0;
  for (const { frame } of packetsOf(generate('mixed', { packets: PACKETS, seed: 1 }))) {
    const isData = frame[23] === 6 && frame.readUInt16BE(16) > 52;
    if (!isData) continue;
    segments++;
    const key = frame.toString('hex', 26, 46);
    if (seen.has(key)) again++;
    seen.add(key);
  }
  expect(again / segments).toBeGreaterThan(0.006);
  expect(again / segments).toBeLessThan(0.012);
});

test('flood: each SYN has a source of its own', () => {
  const packets = packetsOf(generate('flood', { packets: PACKETS, seed: 1 }));
  expect(new Set(packets.map(({ frame }) => frame.readUInt32BE(26))).size).toBe(PACKETS);
  expect(new Set(packets.map(({ frame }) => frame[47]))).toEqual(new Set([0x02]));
});

test('elephant: one flow, shorter than the time at which a flow is cut', () => {
  const packets = packetsOf(generate('elephant', { packets: PACKETS, seed: 1, seconds: 100 }));
  expect(new Set(packets.map(({ frame }) => flowOf(frame))).size).toBe(1);
  expect((packets.at(-1)?.timeUs ?? 0) - packets[0].timeUs).toBeLessThan(100e6);
});

test('a snaplen cuts what is captured and not what is said to have been on the wire', () => {
  const whole = packetsOf(generate('mixed', { packets: 1000, seed: 1 }));
  const cut = packetsOf(generate('mixed', { packets: 1000, seed: 1, snaplen: 96 }));
  expect(cut.map(({ wireLength }) => wireLength)).toEqual(whole.map(({ wireLength }) => wireLength));
  expect(cut.map(({ frame }) => frame.length)).toEqual(whole.map(({ frame }) => Math.min(frame.length, 96)));
});

function generate(kind: CaptureKind, options: CaptureOptions): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-capture-'));
  try {
    generateCapture(kind, join(folder, 'x.pcap'), options);
    return readFileSync(join(folder, 'x.pcap'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function packetsOf(capture: Buffer): { timeUs: number; wireLength: number; frame: Buffer }[] {
  const packets = [];
  for (let at = 24; at < capture.length;) {
    const length = capture.readUInt32LE(at + 8);
    packets.push({
      timeUs: capture.readUInt32LE(at) * 1e6 + capture.readUInt32LE(at + 4),
      wireLength: capture.readUInt32LE(at + 12),
      frame: capture.subarray(at + 16, at + 16 + length),
    });
    at += 16 + length;
  }
  return packets;
}

/** What is wrong, by its own arithmetic: a sum that includes a right checksum is all ones. */
function checksumErrors(frame: Buffer): string[] {
  const isIpv6 = frame.readUInt16BE(12) === 0x86dd;
  const transport = frame.subarray(14 + (isIpv6 ? 40 : 20));
  const addresses = frame.subarray(isIpv6 ? 22 : 26, isIpv6 ? 54 : 34);
  const protocol = frame[isIpv6 ? 20 : 23];
  const pseudo = Buffer.from([0, protocol, transport.length >> 8, transport.length & 0xff]);
  const errors = [];
  if (!isIpv6 && sumOf(frame.subarray(14, 34)) !== 0xffff) errors.push('IP header');
  if (sumOf(Buffer.concat([addresses, pseudo, transport])) !== 0xffff) errors.push('transport');
  return errors;
}

function sumOf(bytes: Buffer): number {
  let sum = 0;
  bytes.forEach((byte, i) => (sum += i % 2 === 0 ? byte * 256 : byte));
  return sum % 0xffff === 0 && sum > 0 ? 0xffff : sum % 0xffff;
}

function flowOf(frame: Buffer): string {
  const isIpv6 = frame.readUInt16BE(12) === 0x86dd;
  const [addresses, length, ports] = isIpv6 ? [22, 16, 54] : [26, 4, 34];
  const end = (i: number): string =>
    `${frame.toString('hex', addresses + i * length, addresses + (i + 1) * length)}:${frame.readUInt16BE(ports + i * 2)}`;
  return [end(0), end(1)].toSorted().join(' ');
}
