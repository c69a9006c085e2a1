/** Capture files made by hand, for the tests of the packet path. */

export interface TimedFrame {
  readonly timeUs: number;
  readonly frame: Buffer;
  /** Bytes on the wire, where fewer were captured. */
  readonly wireLength?: number;
}

/** A round moment, microseconds since the epoch: 2025-10-09 08:53:20 UTC. */
export const START_US = 1_760_000_000_000_000;

export function pcap(
  frames: readonly TimedFrame[],
  options: { linkType?: number; nanoseconds?: boolean; bigEndian?: boolean } = {},
): Buffer {
  const word = writer(options.bigEndian === true);
  const header = Buffer.concat([
    word(options.nanoseconds === true ? 0xa1b23c4d : 0xa1b2c3d4),
    word(options.bigEndian === true ? 0x0002_0004 : 0x0004_0002),
    word(0),
    word(0),
    word(65_535),
    word(options.linkType ?? 1),
  ]);
  const packets = frames.map(({ timeUs, frame, wireLength }) => {
    const micros = timeUs % 1e6;
    return Buffer.concat([
      word(Math.floor(timeUs / 1e6)),
      word(options.nanoseconds === true ? micros * 1000 + 999 : micros),
      word(frame.length),
      word(wireLength ?? frame.length),
      frame,
    ]);
  });
  return Buffer.concat([header, ...packets]);
}

/** One pcapng block; the body is padded to four bytes. */
export function block(type: number, body: Buffer, bigEndian = false): Buffer {
  const word = writer(bigEndian);
  const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
  const length = word(padded.length + 12);
  return Buffer.concat([word(type), length, padded, length]);
}

export function section(bigEndian = false): Buffer {
  const word = writer(bigEndian);
  return block(0x0a0d0d0a, Buffer.concat([word(0x1a2b3c4d), word(1), word(0xffffffff), word(0xffffffff)]), bigEndian);
}

/** An interface, its `resolution` as the byte of if_tsresol. */
export function interfaceBlock(linkType: number, resolution?: number, bigEndian = false): Buffer {
  const word = writer(bigEndian);
  const half = (value: number): Buffer => word(value).subarray(bigEndian ? 2 : 0, bigEndian ? 4 : 2);
  const options = resolution === undefined ? [] : [half(9), half(1), Buffer.from([resolution, 0, 0, 0]), word(0)];
  return block(1, Buffer.concat([half(linkType), half(0), word(0), ...options]), bigEndian);
}

/** A packet of an interface at a time in its own ticks. */
export function enhancedPacket(interfaceId: number, ticks: bigint, frame: Buffer, bigEndian = false): Buffer {
  const word = writer(bigEndian);
  const time = [word(Number(ticks >> 32n)), word(Number(ticks & 0xffff_ffffn))];
  return block(
    6,
    Buffer.concat([word(interfaceId), ...time, word(frame.length), word(frame.length), frame]),
    bigEndian,
  );
}

export function simplePacket(frame: Buffer): Buffer {
  return block(3, Buffer.concat([writer(false)(frame.length), frame]));
}

function writer(bigEndian: boolean): (value: number) => Buffer {
  return (value) => {
    const word = Buffer.alloc(4);
    if (bigEndian) word.writeUInt32BE(value);
    else word.writeUInt32LE(value);
    return word;
  };
}
