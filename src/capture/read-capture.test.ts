import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { PACKET_PORTS } from '#core/packet-batch.ts';
import { enhancedPacket, interfaceBlock, pcap, section, START_US } from '../../test/packets/captures.ts';
import { ethernet, tcp } from '../../test/packets/frames.ts';
import { readTimes } from '../../test/packets/read-times.ts';
import { withFile } from '../../test/packets/run-capture.ts';
import { vxlan } from '../../test/packets/tunnels.ts';
import { CaptureConfig } from './config.ts';
import { createCaptureCounters } from './drops.ts';
import { createCaptureParser } from './parser.ts';
import { readCapture } from './read-capture.ts';

const packet = tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', flags: 'S' });
const frame = ethernet(packet);
const frames = [0, 1_500_000].map((timeUs) => ({ timeUs: START_US + timeUs, frame }));

describe('pcap', () => {
  test.each([
    ['microseconds, little endian', {}],
    ['microseconds, big endian', { bigEndian: true }],
    ['nanoseconds, little endian', { nanoseconds: true }],
    ['nanoseconds, big endian', { nanoseconds: true, bigEndian: true }],
  ])('is read in %s', (_, options) => {
    expect(readTimes(pcap(frames, options))).toEqual({
      times: [0, 1_500_000],
      cut: false,
      packets: 2,
      bytes: frame.length * 2,
      drops: {},
    });
  });

  test('packed by gzip or zstd is unpacked', () => {
    expect(readTimes(gzipSync(pcap(frames))).times).toEqual([0, 1_500_000]);
    expect(readTimes(zstdCompressSync(pcap(frames))).times).toEqual([0, 1_500_000]);
  });

  test('packed in several parts is unpacked whole', () => {
    const whole = pcap(frames);
    const parts = [whole.subarray(0, 30), whole.subarray(30, 31), Buffer.alloc(0), whole.subarray(31)];
    expect(readTimes(Buffer.concat(parts.map((part) => gzipSync(part)))).times).toEqual([0, 1_500_000]);
    const note = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const packed = Buffer.concat(parts.flatMap((part) => [note, zstdCompressSync(part)]));
    expect(readTimes(packed).times).toEqual([0, 1_500_000]);
  });

  test('of a patched libpcap, whose packet headers are longer, is read', () => {
    const plain = pcap(frames);
    const packetBytes = 16 + frame.length;
    const patched = Buffer.concat(
      frames.flatMap((_, i) => {
        const at = 24 + i * packetBytes;
        return [plain.subarray(at, at + 16), Buffer.from([7, 0, 0, 0, 8, 0, 4, 0]), frame];
      }),
    );
    const file = Buffer.concat([plain.subarray(0, 24), patched]);
    file.writeUInt32LE(0xa1b2cd34);
    expect(readTimes(file)).toMatchObject({ times: [0, 1_500_000], packets: 2, cut: false });
  });

  test('may say in its link type that a check sequence ends each frame', () => {
    expect(readTimes(pcap(frames, { linkType: 0x24000001 })).times).toEqual([0, 1_500_000]);
  });

  test('may go back in time, have frames of no byte, and be cut by a snaplen', () => {
    const file = pcap([
      { timeUs: START_US + 9, frame },
      { timeUs: START_US + 4, frame: frame.subarray(0, 0), wireLength: 0 },
      { timeUs: START_US + 5, frame: frame.subarray(0, 54), wireLength: 1500 },
      { timeUs: START_US + 6, frame, wireLength: 3 },
    ]);
    expect(readTimes(file)).toEqual({
      times: [9, 5, 6],
      cut: false,
      packets: 4,
      bytes: frame.length + 1500 + 3,
      drops: { truncated: 1 },
    });
  });

  test('without packets is an empty capture', () => {
    expect(readTimes(pcap([]))).toMatchObject({ packets: 0, cut: false });
  });

  test('cut at any byte of its last packet gives what is whole and one drop', () => {
    const whole = pcap(frames);
    const first = whole.length - frame.length - 16;
    for (let length = first + 1; length < whole.length; length++) {
      const result = readTimes(whole.subarray(0, length));
      expect(result).toMatchObject({ times: [0], cut: true, packets: 2, drops: { 'cut-file': 1 } });
    }
  });

  test('larger than the buffer is read whole', () => {
    const many = Array.from({ length: 40_000 }, (_, i) => ({ timeUs: START_US + i, frame }));
    const { times } = readTimes(pcap(many));
    expect(times).toEqual(many.map((_, i) => i));
  });
});

test('the settings say whether tunnels are looked into', () => {
  const file = pcap([{ timeUs: START_US, frame: ethernet(vxlan(frame)) }]);
  const portsWith = (...settings: object[]): number[] => {
    const ports: number[] = [];
    const config = settings.map((given) => CaptureConfig.parse(given)).at(0);
    withFile(file, (path) =>
      readCapture({
        path,
        counters: createCaptureCounters(),
        onBatch: (batch) => ports.push(batch.i32[PACKET_PORTS] & 0xffff),
        ...(config && { config }),
      }),
    );
    return ports;
  };
  expect(portsWith()).toEqual([4789]);
  expect(portsWith({})).toEqual([4789]);
  expect(portsWith({ tunnels: 'inner' })).toEqual([80]);
  expect(portsWith({ tunnels: 'inner', vxlanPorts: [4790] })).toEqual([4789]);
});

test('what is whole before damage is handed on', () => {
  const counters = createCaptureCounters();
  const file = Buffer.concat([pcap(frames), Buffer.alloc(16, 0xff)]);
  let packets = 0;
  const reading = (): unknown =>
    withFile(file, (path) => readCapture({ path, counters, onBatch: (batch) => (packets += batch.count) }));
  expect(reading).toThrow(/4294967295 captured bytes cannot be, at byte 164$/);
  expect([packets, counters.packets]).toEqual([2, 2]);
});

test('what a receiver throws comes through, and it gets no batch twice', () => {
  const failure = new Error('no more');
  let calls = 0;
  const reading = (): unknown =>
    withFile(pcap(frames), (path) =>
      readCapture({
        path,
        counters: createCaptureCounters(),
        onBatch() {
          calls++;
          throw failure;
        },
      }),
    );
  expect(reading).toThrow(failure);
  expect(calls).toBe(1);
});

test('standard input that is packed is refused with a hint', () => {
  const counters = createCaptureCounters();
  for (const [packed, packing] of [
    [gzipSync(pcap(frames)), 'gzip'],
    [zstdCompressSync(pcap(frames)), 'zstd'],
  ] as const) {
    const parser = createCaptureParser({ name: 'standard input', counters, onBatch() {} });
    parser.room().set(packed);
    expect(() => parser.advance(packed.length)).toThrow(`it is packed by ${packing}; unpack it into the pipe`);
  }
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
    ['a zstd file that is cut', zstdCompressSync(pcap(frames)).subarray(0, 40), /while unpacking/],
    ['a zstd file with something behind it', Buffer.concat([zstdCompressSync(pcap(frames)), frame]), /while unpacking/],
  ])('%s', (_, bytes, message) => {
    expect(() => readTimes(bytes)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => readTimes(bytes)).toThrow(message);
  });

  test('a missing file and a folder', () => {
    const counters = createCaptureCounters();
    const open = (path: string) => () => readCapture({ path, counters, onBatch() {} });
    expect(open('/nonexistent/capture.pcap')).toThrow(/no such file/);
    expect(open('/')).toThrow(/directory/);
  });
});
