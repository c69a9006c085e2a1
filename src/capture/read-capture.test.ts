import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { PACKET_WORDS } from '#core/packet-batch.ts';
import {
  block,
  enhancedPacket,
  interfaceBlock,
  pcap,
  section,
  simplePacket,
  START_US,
} from '../../test/packets/captures.ts';
import { cookedV2, ethernet, tcp } from '../../test/packets/frames.ts';
import { withFile } from '../../test/packets/run-capture.ts';
import { createCaptureCounters, dropsByReason } from './drops.ts';
import { readCapture } from './read-capture.ts';

const packet = tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', flags: 'S' });
const frame = ethernet(packet);
const frames = [0, 1_500_000].map((timeUs) => ({ timeUs: START_US + timeUs, frame }));

function read(bytes: Uint8Array) {
  const counters = createCaptureCounters();
  const times: number[] = [];
  const { cut } = withFile(bytes, (path) =>
    readCapture({
      path,
      counters,
      onBatch(batch) {
        for (let i = 0; i < batch.count; i++) times.push(batch.f64[(i * PACKET_WORDS) / 2] - START_US);
      },
    }),
  );
  return { times, cut, packets: counters.packets, bytes: counters.bytes, drops: dropsByReason(counters) };
}

describe('pcap', () => {
  test.each([
    ['microseconds, little endian', {}],
    ['microseconds, big endian', { bigEndian: true }],
    ['nanoseconds, little endian', { nanoseconds: true }],
    ['nanoseconds, big endian', { nanoseconds: true, bigEndian: true }],
  ])('is read in %s', (_, options) => {
    expect(read(pcap(frames, options))).toEqual({
      times: [0, 1_500_000],
      cut: false,
      packets: 2,
      bytes: frame.length * 2,
      drops: {},
    });
  });

  test('packed by gzip or zstd is unpacked', () => {
    expect(read(gzipSync(pcap(frames))).times).toEqual([0, 1_500_000]);
    expect(read(zstdCompressSync(pcap(frames))).times).toEqual([0, 1_500_000]);
  });

  test('without packets is an empty capture', () => {
    expect(read(pcap([]))).toMatchObject({ packets: 0, cut: false });
  });

  test('cut at any byte of its last packet gives what is whole and one drop', () => {
    const whole = pcap(frames);
    const first = whole.length - frame.length - 16;
    for (let length = first + 1; length < whole.length; length++) {
      const result = read(whole.subarray(0, length));
      expect(result).toMatchObject({ times: [0], cut: true, packets: 2, drops: { 'cut-file': 1 } });
    }
  });

  test('larger than the buffer is read whole', () => {
    const many = Array.from({ length: 40_000 }, (_, i) => ({ timeUs: START_US + i, frame }));
    const { times } = read(pcap(many));
    expect(times).toEqual(many.map((_, i) => i));
  });
});

describe('pcapng', () => {
  test('is read in both byte orders, section by section', () => {
    const ticks = (us: number): bigint => BigInt(START_US + us);
    const file = Buffer.concat([
      section(),
      interfaceBlock(1),
      enhancedPacket(0, ticks(1), frame),
      section(true),
      interfaceBlock(276, undefined, true),
      enhancedPacket(0, ticks(2), cookedV2(packet), true),
    ]);
    expect(read(file)).toMatchObject({ times: [1, 2], packets: 2, drops: {} });
  });

  test('has a clock and a link type for each interface', () => {
    const us = BigInt(START_US);
    const file = Buffer.concat([
      section(),
      interfaceBlock(1, 9),
      interfaceBlock(276, 3),
      interfaceBlock(1, 0x80 | 10),
      enhancedPacket(0, us * 1000n + 1_999n, frame),
      enhancedPacket(1, us / 1000n + 7n, cookedV2(packet)),
      enhancedPacket(2, (us / 1_000_000n) * 1024n + 512n, frame),
    ]);
    expect(read(file)).toMatchObject({ times: [1, 7000, 500_000], packets: 3, drops: {} });
  });

  test('passes over blocks that it does not know, however long', () => {
    const file = Buffer.concat([
      section(),
      block(0x0bad, Buffer.alloc(900_000)),
      interfaceBlock(1),
      enhancedPacket(0, BigInt(START_US), frame),
      block(5, Buffer.alloc(40)),
    ]);
    expect(read(file)).toMatchObject({ times: [0], cut: false, packets: 1 });
  });

  test('gives a simple packet the newest time', () => {
    const file = Buffer.concat([
      section(),
      interfaceBlock(1),
      enhancedPacket(0, BigInt(START_US + 5), frame),
      simplePacket(frame),
    ]);
    expect(read(file).times).toEqual([5, 5]);
  });

  test('takes a time that cannot be for the latest that can', () => {
    const file = Buffer.concat([section(), interfaceBlock(1), enhancedPacket(0, 0xffff_ffff_ffff_ffffn, frame)]);
    expect(read(file).times).toEqual([8e15 - START_US]);
  });

  test('counts packets of a link type that it does not know', () => {
    const file = Buffer.concat([section(), interfaceBlock(105), enhancedPacket(0, 0n, frame)]);
    expect(read(file)).toMatchObject({ times: [], packets: 1, drops: { 'link-type': 1 } });
  });

  test('cut inside a block gives what is whole and one drop', () => {
    const whole = Buffer.concat([section(), interfaceBlock(1), enhancedPacket(0, BigInt(START_US), frame)]);
    const cut = Buffer.concat([whole, enhancedPacket(0, BigInt(START_US), frame).subarray(0, 30)]);
    expect(read(cut)).toMatchObject({ times: [0], cut: true, packets: 2, drops: { 'cut-file': 1 } });
  });
});

describe('bad input is refused with the file, the byte and the reason', () => {
  const badLength = (length: number): Buffer => {
    const file = Buffer.concat([section(), interfaceBlock(1), enhancedPacket(0, 0n, frame)]);
    file.writeUInt32LE(length, 28 + 20 + 4);
    return file;
  };
  const hugePacket = pcap(frames);
  hugePacket.writeUInt32LE(400_000, 24 + 8);
  const wrongInterface = Buffer.concat([section(), interfaceBlock(1), enhancedPacket(3, 0n, frame)]);

  test.each([
    ['a text file', Buffer.from('this is no capture\n'), /not a pcap or pcapng capture, at byte 0$/],
    ['an empty file', Buffer.alloc(0), /it is empty, at byte 0$/],
    ['three bytes', Buffer.from([0xd4, 0xc3, 0xb2]), /too short/],
    ['half a header', pcap([]).subarray(0, 20), /too short/],
    ['a block length of 0', badLength(0), /block length 0 cannot be, at byte 52$/],
    ['an odd block length', badLength(87), /block length 87 cannot be, at byte 52$/],
    ['a block length that is too small', badLength(16), /differs from its repetition/],
    ['a block length beyond any packet', badLength(0x7ffffffc), /cannot be, at byte 52$/],
    ['an unknown interface', wrongInterface, /interface 3 has not been described/],
    ['a section without byte order', Buffer.concat([section().subarray(0, 8), Buffer.alloc(20)]), /byte-order magic/],
    ['a packet that is too large', hugePacket, /400000 captured bytes cannot be, at byte 24$/],
    ['a link type that is not known', pcap(frames, { linkType: 105 }), /link type 105 is not supported, at byte 20$/],
    ['a damaged gzip file', gzipSync(pcap(frames)).subarray(0, 40), /while unpacking/],
  ])('%s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => read(bytes)).toThrow(message);
  });

  test('a missing file and a folder', () => {
    const counters = createCaptureCounters();
    const open = (path: string) => () => readCapture({ path, counters, onBatch() {} });
    expect(open('/nonexistent/capture.pcap')).toThrow(/no such file/);
    expect(open('/')).toThrow(/directory/);
  });
});
