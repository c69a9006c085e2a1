/**
 * The lab's stretch of internet: makes two TUN devices, and passes every IP packet of one to the other, late, or never.
 * Arguments: name of the device towards the lab, name of the device towards the outside, seed, paths as JSON.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createRandom } from '../random.ts';
import { createDelayLine, type Direction } from './delay-line.ts';
import { createPacketStream } from './packet-stream.ts';
import type { Path } from './paths.ts';
import { READY_LINE } from './ready-line.ts';
import { createSchedule } from './schedule.ts';

const [insideDevice, outsideDevice, seed, pathsText] = process.argv.slice(2);
/** On the loopback of a namespace that nobody else is in. */
const PORT_OF = { [insideDevice]: 9_001, [outsideDevice]: 9_002 };
/** Bytes, or less where the kernel's limit is lower: a burst must wait, not be lost where no loss was drawn. */
const WIDE_BUFFER = 'rcvbuf=8388608';

/** With -d -d socat says so once both its sides are open. */
const SOCAT_IS_READY = 'starting data transfer loop';
const MOST_SAID = 2_000;

const line = createDelayLine(JSON.parse(pathsText) as Path[], createRandom(Number(seed)));
const schedule = createSchedule();

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
await Promise.all([relay(insideDevice, outsideDevice, 'out'), relay(outsideDevice, insideDevice, 'in')]);
process.stderr.write(`${READY_LINE}\n`);

/**
 * socat makes the device. What the kernel sends into it comes as a stream, for a pipe makes it wait; what is to come out
 * of it goes there as datagrams, one for each packet. Resolves once socat is done with the device, which may then be moved
 * to another namespace.
 */
function relay(from: string, to: string, direction: Direction): Promise<void> {
  const tun = `TUN,tun-name=${from},tun-type=tun,iff-no-pi`;
  const port = PORT_OF[from];
  const socat = spawn(
    'socat',
    ['-d', '-d', '-b', '65536', tun, `UDP4-RECV:${port},bind=127.0.0.1,${WIDE_BUFFER}!!STDOUT`],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  socat.once('error', (error) => fail(error.message));
  socat.once('exit', (code) => fail(`socat for ${from} ended with ${code}: ${said}`));
  process.once('exit', () => socat.kill('SIGKILL'));

  const socket = createSocket('udp4');
  socket.once('error', (error) => fail(error.message));
  const accept = createPacketStream((packet) => {
    const dueMs = line.dueMs(packet, direction, performance.now());
    if (dueMs !== null) schedule.at(dueMs, () => socket.send(packet, PORT_OF[to], '127.0.0.1'));
  });
  socat.stdout.on('data', accept);

  const { promise, resolve } = Promise.withResolvers<void>();
  socat.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-MOST_SAID);
    if (said.includes(SOCAT_IS_READY)) resolve();
  });
  return promise;
}

function fail(reason: string): void {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
