import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { emptyState, noteServer, readState, writeState } from './testbed-state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'testbed-state-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a server is on record as soon as it has been started', () => {
  const state = emptyState(null);
  writeState(folder, state);
  const server = { name: 'etcd', pid: 7, startTicks: 11, logPath: '/log' };
  noteServer(folder, state)(server);
  expect(readState(folder)).toEqual({ ...emptyState(null), servers: [server] });
});

test('a folder without a testbed has no state, and a file that is not ours is refused by its path', () => {
  expect(readState(folder)).toBeNull();
  writeFileSync(join(folder, 'testbed.json'), '{"servers": 3}');
  expect(() => readState(folder)).toThrow(join(folder, 'testbed.json'));
});
