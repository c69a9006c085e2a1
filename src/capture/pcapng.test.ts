import { expect, test } from 'vitest';
import { block, enhancedPacket, interfaceBlock, section, simplePacket, START_US } from '../../test/packets/captures.ts';
import { cookedV2, ethernet, tcp } from '../../test/packets/frames.ts';
import { readTimes } from '../../test/packets/read-times.ts';

const packet = tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', flags: 'S' });
const frame = ethernet(packet);

test('a pcapng capture is read in both byte orders, section by section', () => {
  const ticks = (us: number): bigint => BigInt(START_US + us);
  const file = Buffer.concat([
    section(),
    interfaceBlock(1),
    enhancedPacket(0, ticks(1), frame),
    section(true),
    interfaceBlock(276, undefined, true),
    enhancedPacket(0, ticks(2), cookedV2(packet), true),
  ]);
  expect(readTimes(file)).toMatchObject({ times: [1, 2], packets: 2, drops: {} });
});

test('a pcapng capture has a clock and a link type for each interface', () => {
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
  expect(readTimes(file)).toMatchObject({ times: [1, 7000, 500_000], packets: 3, drops: {} });
});

test('a pcapng capture may shift the clock of an interface, and have other options around it', () => {
  const half = (value: number): Buffer => Buffer.from([value & 0xff, value >>> 8]);
  const option = (code: number, value: Buffer): Buffer =>
    Buffer.concat([half(code), half(value.length), value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
  const shift = Buffer.alloc(8);
  shift.writeBigInt64LE(-3n);
  const options = [
    option(2, Buffer.from('veth0')),
    option(9, Buffer.of(3)),
    option(14, shift),
    option(1, Buffer.from('!')),
  ];
  const description = block(1, Buffer.concat([half(1), half(0), Buffer.alloc(4), ...options, Buffer.alloc(4)]));
  const millis = BigInt(START_US / 1000);
  expect(readTimes(Buffer.concat([section(), description, enhancedPacket(0, millis + 3010n, frame)])).times).toEqual([
    10_000,
  ]);
  const early = enhancedPacket(0, 2n, frame);
  expect(readTimes(Buffer.concat([section(), description, early])).times).toEqual([-START_US]);
});

test('a pcapng capture forgets the interfaces of one section in the next', () => {
  const file = [section(), interfaceBlock(1), enhancedPacket(0, 0n, frame), section(true)];
  expect(() => readTimes(Buffer.concat([...file, enhancedPacket(0, 0n, frame, true)]))).toThrow(
    /interface 0 has not been/,
  );
});

test('a pcapng capture may have obsolete packet blocks, whose interface is a half word', () => {
  const word = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
  const time = [word(Math.floor(START_US / 2 ** 32)), word((START_US + 8) % 2 ** 32)];
  const sizes = [word(frame.length), word(frame.length)];
  const body = Buffer.concat([word(0xffff0001), ...time, ...sizes, frame, Buffer.alloc(2), word(0)]);
  expect(readTimes(Buffer.concat([section(), interfaceBlock(105), interfaceBlock(1), block(2, body)]))).toMatchObject({
    times: [8],
    drops: {},
  });
});

test('a pcapng capture cuts simple packets at the snaplen of the first interface', () => {
  const limited = interfaceBlock(1);
  limited.writeUInt32LE(60, 12);
  const long = ethernet(tcp({ from: '10.0.0.1/1000', to: '10.0.0.2/80', payload: 1000 }));
  const simple = block(3, Buffer.concat([Buffer.from(Uint32Array.of(long.length).buffer), long.subarray(0, 60)]));
  expect(readTimes(Buffer.concat([section(), limited, simple]))).toMatchObject({
    times: [-START_US],
    packets: 1,
    bytes: long.length,
    drops: {},
  });
});

test('a pcapng capture passes over blocks that it does not know, however long', () => {
  const file = Buffer.concat([
    section(),
    block(0x0bad, Buffer.alloc(900_000)),
    interfaceBlock(1),
    enhancedPacket(0, BigInt(START_US), frame),
    block(5, Buffer.alloc(40)),
  ]);
  expect(readTimes(file)).toMatchObject({ times: [0], cut: false, packets: 1 });
});

test('a pcapng capture gives a simple packet the newest time', () => {
  const file = Buffer.concat([
    section(),
    interfaceBlock(1),
    enhancedPacket(0, BigInt(START_US + 5), frame),
    simplePacket(frame),
  ]);
  expect(readTimes(file).times).toEqual([5, 5]);
});

test('a pcapng capture takes a time that cannot be for the latest that can', () => {
  const file = Buffer.concat([section(), interfaceBlock(1), enhancedPacket(0, 0xffff_ffff_ffff_ffffn, frame)]);
  expect(readTimes(file).times).toEqual([8e15 - START_US]);
});

test('a pcapng capture counts packets of a link type that it does not know', () => {
  const file = Buffer.concat([section(), interfaceBlock(105), enhancedPacket(0, 0n, frame)]);
  expect(readTimes(file)).toMatchObject({ times: [], packets: 1, drops: { 'link-type': 1 } });
});

test('a pcapng capture cut inside a block gives what is whole and one drop', () => {
  const whole = Buffer.concat([section(), interfaceBlock(1), enhancedPacket(0, BigInt(START_US), frame)]);
  const cut = Buffer.concat([whole, enhancedPacket(0, BigInt(START_US), frame).subarray(0, 30)]);
  expect(readTimes(cut)).toMatchObject({ times: [0], cut: true, packets: 2, drops: { 'cut-file': 1 } });
});
