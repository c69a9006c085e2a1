type Range = readonly [low: number, high: number];

/** How a protocol over UDP talks. */
export interface DatagramShape {
  readonly name: string;
  readonly ports: readonly number[];
  readonly up: Range;
  /** Null where nobody answers. */
  readonly down: Range | null;
  /** Datagrams (with their answers) of one socket. */
  readonly count: Range;
  /** Between them, milliseconds. */
  readonly waitMs: Range;
  /** Sockets that a client uses, one after the other. */
  readonly sockets: Range;
  /** Whether the client's port is the server's. */
  readonly samePort: boolean;
  /** To a group, not a machine. */
  readonly group: number | null;
  readonly outside: number;
}

/** Every common protocol over UDP. */
// prettier-ignore
export const DATAGRAM_SHAPES: readonly DatagramShape[] = [
  shape('dns', [53], [25, 70], [40, 400], [1, 2], [0, 20], { sockets: [1, 40], outside: 0.4 }),
  shape('dns, signed or long', [53], [40, 120], [200, 1400], [1, 2], [0, 20], { sockets: [1, 40], outside: 0.4 }),
  shape('dns, one socket', [53], [25, 120], [40, 700], [3, 150], [2, 2000], { outside: 0.4 }),
  shape('mdns', [5353], [30, 400], null, [1, 40], [20, 5000], { samePort: true, group: 0xe00000fb }),
  shape('ssdp', [1900], [90, 400], null, [1, 20], [50, 9000], { group: 0xeffffffa }),
  shape('ntp', [123], [48, 48], [48, 48], [1, 8], [500, 64_000], { samePort: true, outside: 0.7 }),
  shape('quic', [443], [30, 1250], [30, 1350], [5, 150], [0.5, 400], { sockets: [1, 4], outside: 0.8 }),
  shape('snmp', [161], [40, 90], [45, 400], [1, 60], [1, 5000], { sockets: [1, 5] }),
  shape('syslog', [514], [60, 500], null, [3, 200], [1, 3000], {}),
  shape('statsd', [8125], [20, 200], null, [3, 200], [1, 1000], {}),
  shape('sip', [5060], [350, 1200], [300, 900], [1, 10], [50, 9000], { samePort: true, outside: 0.4 }),
  shape('media both ways', [10_000, 16_384, 40_000], [172, 172], [172, 172], [50, 400], [20, 20], { outside: 0.4 }),
  shape('media one way', [5004, 10_000, 1234], [900, 1350], null, [50, 500], [2, 40], { group: 0xef010101 }),
  shape('dhcp', [67], [245, 350], [300, 350], [1, 4], [5, 60_000], { samePort: true }),
  shape('dhcp by broadcast', [67], [245, 350], null, [1, 4], [3000, 20_000], { samePort: true, group: 0xffffffff }),
  shape('netbios', [137, 138], [50, 220], null, [1, 15], [100, 9000], { samePort: true }),
  shape('llmnr', [5355], [22, 40], null, [1, 3], [100, 500], { sockets: [1, 8], group: 0xe00000fc }),
  shape('radius', [1812], [60, 250], [20, 200], [1, 20], [5, 3000], {}),
  shape('tftp', [69], [4, 50], [516, 516], [5, 200], [0.3, 20], {}),
  shape('coap', [5683], [10, 90], [8, 200], [1, 40], [20, 9000], { outside: 0.3 }),
  shape('stun', [3478], [20, 120], [60, 150], [1, 12], [20, 3000], { outside: 0.7 }),
  shape('vpn', [51_820, 1194, 4500], [32, 1420], [32, 1420], [10, 400], [1, 500], { outside: 0.6 }),
  shape('game', [27_015, 3074, 30_303], [20, 200], [40, 900], [30, 400], [15, 100], { outside: 0.8 }),
  shape('peers', [6881, 30_303], [60, 400], [60, 500], [1, 20], [20, 4000], { samePort: true, outside: 0.9 }),
  shape('nfs', [2049, 111], [60, 9000], [60, 9000], [5, 200], [0.2, 100], {}),
];

function shape(
  name: string,
  ports: readonly number[],
  up: Range,
  down: Range | null,
  count: Range,
  waitMs: Range,
  rest: Partial<Pick<DatagramShape, 'sockets' | 'samePort' | 'group' | 'outside'>>,
): DatagramShape {
  const usual = { sockets: [1, 2] as const, samePort: false, group: null, outside: 0.2 };
  return { name, ports, up, down, count, waitMs, ...usual, ...rest };
}
