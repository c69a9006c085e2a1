import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, vi } from 'vitest';
import { needs } from '../../testbed/needs.ts';
import type { KubeSecureError } from '#core/error.ts';
import { PACKET_PORTS, PACKET_WORDS } from '#core/packet-batch.ts';
import { CaptureConfig } from './config.ts';
import { createCaptureCounters } from './drops.ts';
import { startTcpdump } from './tcpdump.ts';

const { test } = await needs('live capture', 'tcpdump', 'root');

/** A port that nobody uses, on loopback. */
const PORT = 45_671;

function watchLoopback(interfaceName: string, filter: string) {
  const counters = createCaptureCounters();
  const failure = Promise.withResolvers<KubeSecureError>();
  const restarts: string[] = [];
  let seen = 0;
  const capture = startTcpdump({
    interface: interfaceName,
    config: CaptureConfig.parse({ filter }),
    counters,
    onError: failure.resolve,
    onRestart: (reason) => restarts.push(reason),
    onBatch(batch) {
      for (let i = 0; i < batch.count; i++) {
        if ((batch.i32[i * PACKET_WORDS + PACKET_PORTS] & 0xffff) === PORT) seen++;
      }
    },
  });
  onTestFinished(() => capture.stop());
  return { counters, failure: failure.promise, restarts, seen: () => seen };
}

/** Sends datagrams until `enough`, at most for ten seconds. */
async function sendUntil(enough: () => boolean): Promise<void> {
  const socket = createSocket('udp4');
  for (let i = 0; i < 200 && !enough(); i++) {
    socket.send('x', PORT, '127.0.0.1');
    await sleep(50);
  }
  socket.close();
}

function ownTcpdumps(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => statusOf(pid).startsWith(`tcpdump ${process.pid}`))
    .map(Number);
}

/** Name and parent of a process; empty when it is gone. */
function statusOf(pid: string): string {
  try {
    const [, name, , parent] = /^\d+ \((.*)\) (\S+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return `${name} ${parent}`;
  } catch {
    return '';
  }
}

test('packets of an interface arrive, those that the filter leaves', async () => {
  const watch = watchLoopback('lo', `udp port ${PORT}`);
  await sendUntil(() => watch.seen() >= 3);
  expect(watch.seen()).toBeGreaterThanOrEqual(3);
  // The kernel answers each datagram with an unreachable message, which the filter leaves out.
  expect(watch.counters.packets).toBe(watch.seen());
});

test('a tcpdump that was killed is started again', async () => {
  const watch = watchLoopback('lo', `udp port ${PORT}`);
  await sendUntil(() => watch.seen() >= 1);
  for (const pid of ownTcpdumps()) process.kill(pid, 'SIGKILL');
  const before = watch.seen();
  await sendUntil(() => watch.restarts.length > 0 && watch.seen() > before);
  expect(watch.restarts).toHaveLength(1);
  expect(watch.seen()).toBeGreaterThan(before);
});

test('a capture that cannot be started again for a while is tried until it can', async () => {
  const watch = watchLoopback('lo', `udp port ${PORT}`);
  await sendUntil(() => watch.seen() >= 1);
  vi.stubEnv('PATH', '/nonexistent');
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const pid of ownTcpdumps()) process.kill(pid, 'SIGKILL');
  await sendUntil(() => watch.restarts.length > 1);
  expect(watch.restarts.at(-1)).toMatch(/while making a pipe/);
  vi.unstubAllEnvs();
  const before = watch.seen();
  await sendUntil(() => watch.seen() > before);
  expect(watch.seen()).toBeGreaterThan(before);
});

test('an interface that does not exist is an error of use', async () => {
  expect(await watchLoopback('nosuch0', '').failure).toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/no such interface/) as string,
  });
});

test('a filter that cannot be is an error of use and says what tcpdump said', async () => {
  expect(await watchLoopback('lo', 'no (filter').failure).toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/filter is wrong: can't parse/) as string,
  });
});
