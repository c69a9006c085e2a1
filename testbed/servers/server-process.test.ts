import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { endServer, isRunning, logTail, startServer, startTicksOf } from './server-process.ts';
import { waitUntilReady } from './wait-until-ready.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'server-process-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a server runs until it is ended, and ending it twice is fine', async () => {
  const server = await startServer('sleeper', ['sleep', '60'], join(folder, 'log'));
  expect(isRunning(server)).toBe(true);
  await endServer(server);
  expect(isRunning(server)).toBe(false);
  await endServer(server);
});

test('a stranger under a recorded pid is neither taken for the server nor ended', async () => {
  const stranger = await startServer('stranger', ['sleep', '60'], join(folder, 'log'));
  const recorded = { ...stranger, startTicks: stranger.startTicks - 1 };
  expect(isRunning(recorded)).toBe(false);
  await endServer(recorded);
  expect(isRunning(stranger)).toBe(true);
  await endServer(stranger);
});

test('a process that does not exist has no start time', () => {
  expect(startTicksOf(2 ** 30)).toBeNull();
  expect(startTicksOf(process.pid)).toBeGreaterThan(0);
});

test('a program that cannot be started is named', async () => {
  const start = startServer('ghost', ['/nowhere/ghost'], join(folder, 'log'));
  await expect(start).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('ghost') });
});

test('waiting for a server that ended shows the end of its log', async () => {
  const server = await startServer('failing', ['sh', '-c', 'echo the port is taken; exit 1'], join(folder, 'log'));
  await expect(waitUntilReady(server, async () => false, 10_000)).rejects.toThrow('the port is taken');
  expect(logTail(server)).toBe('the port is taken');
});
