import type { Turn } from '../logins.ts';

type Range = readonly [low: number, high: number];

/** How a protocol over TCP talks: sizes are bytes, and a size of 0 is silence. */
export interface StreamShape {
  readonly name: string;
  readonly ports: readonly number[];
  /** What is said first, before there is a question. */
  readonly opening: readonly Turn[];
  readonly up: Range;
  readonly down: Range;
  /** Exchanges of one conversation. */
  readonly exchanges: Range;
  /** Between exchanges, and until an answer; milliseconds. */
  readonly waitMs: Range;
  readonly serverMs: Range;
  readonly closing: readonly Turn[];
  /** How often it is wrapped in TLS. */
  readonly tls: number;
  /** Connections that one client has at once. */
  readonly connections: Range;
  /** How often the server is outside. */
  readonly outside: number;
}

const NOTHING: readonly Turn[] = [];
const PERSON: Range = [300, 8000];
const MACHINE: Range = [0.2, 50];

/** Every common protocol over TCP. */
// prettier-ignore
export const STREAM_SHAPES: readonly StreamShape[] = [
  shape('http', [80, 8080, 8000], NOTHING, [90, 900], [120, 80_000], [1, 12], [5, 4000], [1, 300], { connections: [1, 6], outside: 0.5 }),
  shape('https', [443, 8443], NOTHING, [90, 1500], [200, 150_000], [1, 15], [5, 4000], [1, 300], { tls: 1, connections: [1, 6], outside: 0.7 }),
  shape('http/2', [443, 50_051, 8080], [[60, 50], [9, 9]], [20, 500], [15, 30_000], [2, 150], [0.3, 1500], [0.5, 200], { tls: 0.6, outside: 0.4 }),
  shape('upload', [443, 80, 8080], NOTHING, [2000, 900_000], [100, 900], [1, 12], [10, 5000], [5, 500], { tls: 0.7, outside: 0.6 }),
  shape('websocket', [443, 80, 8888], [[500, 160]], [0, 300], [0, 1500], [4, 100], [20, 10_000], [0.1, 2000], { tls: 0.6, outside: 0.5 }),
  shape('long poll', [443, 80, 8080], NOTHING, [200, 700], [100, 1200], [1, 8], [1, 500], [3000, 60_000], { tls: 0.6, outside: 0.5 }),
  shape('ssh', [22, 2222], [[22, 40], [1400, 1080], [48, 450], [60, 44], [68, 68], [148, 36], [112, 200]], [36, 80], [36, 900], [4, 200], [30, 1500], [1, 60], { closing: [[36, 36]] }),
  shape('scp up', [22], [[22, 40], [1400, 1080], [48, 450], [60, 44], [372, 36], [120, 120]], [20_000, 900_000], [36, 80], [1, 6], [1, 200], [1, 20], { closing: [[36, 36]] }),
  shape('scp down', [22], [[22, 40], [1400, 1080], [48, 450], [60, 44], [372, 36], [120, 120]], [36, 80], [20_000, 900_000], [1, 6], [1, 200], [1, 20], { closing: [[36, 36]] }),
  shape('ftp', [21], [[0, 60], [12, 34], [14, 23], [6, 19]], [5, 60], [20, 200], [2, 120], [5, 3000], [1, 60], { closing: [[6, 14]], outside: 0.4 }),
  shape('telnet', [23], [[0, 12], [24, 30], [12, 15], [9, 30], [9, 60]], [1, 20], [1, 900], [5, 120], [50, 2000], [1, 40], {}),
  shape('smtp', [25, 587, 465], [[0, 70], [20, 170]], [10, 60], [8, 60], [3, 6], [1, 300], [1, 200], { tls: 0.3, closing: [[20_000, 40], [6, 20]], outside: 0.5 }),
  shape('imap', [143, 993], [[0, 90], [30, 120]], [12, 90], [40, 20_000], [3, 50], [5, 6000], [2, 150], { tls: 0.6, closing: [[12, 60]], outside: 0.5 }),
  shape('pop3', [110, 995], [[0, 30], [12, 5], [14, 25]], [6, 12], [10, 30_000], [2, 20], [1, 100], [1, 80], { tls: 0.5, closing: [[6, 15]], outside: 0.5 }),
  shape('ldap', [389, 636], [[60, 22]], [60, 300], [30, 3000], [1, 30], [1, 2000], [0.3, 30], { tls: 0.3, closing: [[7, 0]] }),
  shape('smb', [445, 139], [[160, 330], [210, 380], [480, 85], [120, 84]], [90, 400], [80, 2500], [20, 250], [0.2, 40], [0.2, 20], { closing: [[72, 72]] }),
  shape('rdp', [3389], [[43, 19], [180, 1200], [320, 51], [560, 280], [500, 400]], [20, 120], [40, 15_000], [20, 250], [15, 600], [1, 60], {}),
  shape('vnc', [5900, 5901], [[0, 12], [12, 2], [1, 16], [16, 4], [1, 40]], [8, 30], [30, 40_000], [10, 150], [20, 800], [1, 50], {}),
  shape('mysql', [3306], [[0, 84], [190, 11]], [15, 500], [11, 8000], [1, 100], MACHINE, [0.2, 60], { closing: [[5, 0]], connections: [1, 12] }),
  shape('postgres', [5432], [[84, 24], [55, 93], [108, 420]], [20, 600], [30, 8000], [1, 100], MACHINE, [0.2, 60], { tls: 0.3, closing: [[5, 0]], connections: [1, 12] }),
  shape('mssql', [1433], [[58, 43], [300, 430]], [80, 900], [30, 9000], [1, 60], [0.5, 300], [0.5, 80], { connections: [1, 8] }),
  shape('oracle', [1521], [[230, 10], [230, 32], [160, 160], [650, 1300]], [30, 700], [30, 6000], [2, 80], [0.5, 300], [0.5, 80], { connections: [1, 6] }),
  shape('mongodb', [27_017], [[270, 320]], [60, 900], [50, 9000], [1, 100], [0.5, 10_000], [0.3, 30], { connections: [1, 10] }),
  shape('redis', [6379, 10_625], [[32, 5]], [20, 300], [4, 900], [1, 250], MACHINE, [0.05, 3], { connections: [1, 10] }),
  shape('redis bulk', [6379], NOTHING, [2000, 60_000], [200, 9000], [1, 20], [0.1, 100], [0.1, 10], {}),
  shape('subscriber', [6379, 4222, 5672, 1883, 9092], [[40, 60], [60, 30]], [0, 0], [20, 2000], [3, 120], [5, 9000], [0.1, 5], { outside: 0.2 }),
  shape('memcached', [11_211], NOTHING, [10, 60], [5, 2000], [1, 200], MACHINE, [0.05, 2], { connections: [1, 8] }),
  shape('cassandra', [9042], [[31, 61], [92, 111]], [40, 600], [20, 3000], [2, 100], MACHINE, [0.3, 20], { connections: [1, 6] }),
  shape('elasticsearch', [9200, 9300], NOTHING, [90, 1500], [150, 12_000], [1, 40], [1, 2000], [1, 200], { connections: [1, 5] }),
  shape('kafka', [9092], [[60, 420]], [25, 9000], [30, 9000], [2, 120], [0.5, 600], [0.5, 500], { connections: [1, 4] }),
  shape('amqp', [5672, 5671], [[8, 440], [340, 20], [16, 12], [12, 16]], [20, 700], [0, 200], [2, 100], [0.5, 900], [0.3, 20], { tls: 0.2, closing: [[20, 12]] }),
  shape('nats', [4222], [[0, 310], [135, 6]], [6, 900], [0, 900], [1, 150], [0.5, 3000], [0.1, 20], {}),
  shape('mqtt', [1883, 8883], [[60, 4]], [2, 300], [2, 90], [1, 60], [50, 30_000], [1, 100], { tls: 0.3, outside: 0.5 }),
  shape('rsync', [873], [[14, 14], [20, 350]], [20, 3000], [20, 120_000], [2, 20], [1, 200], [1, 100], {}),
  shape('git', [9418, 443, 22], [[200, 3000]], [60, 4000], [40, 300_000], [1, 5], [5, 500], [5, 500], { tls: 0.5, outside: 0.7 }),
  shape('dns over tcp', [53, 853], NOTHING, [30, 70], [60, 3000], [1, 8], [0.5, 3000], [1, 80], { tls: 0.3, outside: 0.4 }),
  shape('sip', [5060], NOTHING, [350, 1200], [300, 900], [1, 12], PERSON, [5, 400], {}),
  shape('irc', [6667, 6697], [[30, 300], [20, 900]], [0, 120], [0, 400], [3, 60], PERSON, [5, 400], { tls: 0.3, outside: 0.7 }),
  shape('peer', [8333, 6881, 30_303, 18_080], [[126, 150], [24, 24]], [24, 3000], [24, 9000], [2, 60], [50, 9000], [10, 400], { outside: 0.8 }),
  shape('zookeeper', [2181, 2379], [[45, 41]], [12, 300], [20, 900], [1, 60], [5, 4000], [0.5, 20], {}),
  shape('syslog', [514, 6514], NOTHING, [80, 600], [0, 0], [1, 90], [1, 4000], [0.1, 1], { tls: 0.2 }),
  shape('printer', [9100, 631], NOTHING, [2000, 200_000], [0, 200], [1, 8], [5, 500], [5, 200], {}),
  shape('echo or other', [7, 7000, 9999, 12_345], NOTHING, [1, 1500], [0, 1500], [1, 40], [1, 5000], [0.5, 200], {}),
];

function shape(
  name: string,
  ports: readonly number[],
  opening: readonly Turn[],
  up: Range,
  down: Range,
  exchanges: Range,
  waitMs: Range,
  serverMs: Range,
  rest: Partial<Pick<StreamShape, 'closing' | 'tls' | 'connections' | 'outside'>>,
): StreamShape {
  const usual = { closing: NOTHING, tls: 0, connections: [1, 3] as const, outside: 0.2 };
  return { name, ports, opening, up, down, exchanges, waitMs, serverMs, ...usual, ...rest };
}
