import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { needs } from '../../testbed/needs.ts';
import { systemClock } from '#core/clock.ts';
import { sampleAlert } from './sample-records.ts';
import { openSqliteStore } from './sqlite-store.ts';

const { test } = await needs('full disk', 'root');

let disk: string;
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'kubesecure-disk-'));
  execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
});
afterEach(() => {
  execFileSync('/bin/umount', [disk]);
  rmSync(disk, { recursive: true });
});

test('a full disk makes a write unavailable; what was acknowledged stays, and it goes on once there is room', async () => {
  const ballast = join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc(1_000_000));
  const store = openSqliteStore({ path: join(disk, 'kubesecure.db'), clock: systemClock });
  const message = 'x'.repeat(20_000);
  const acknowledged: string[] = [];
  const refusals: unknown[] = [];
  for (let i = 0; i < 200 && refusals.length === 0; i++) {
    const id = `alert-${i}`;
    await store.saveAlert(sampleAlert({ id, message }), []).then(
      () => acknowledged.push(id),
      (error: unknown) => refusals.push(error),
    );
  }
  expect(refusals).toMatchObject([{ name: 'KubeSecureError', code: 'unavailable' }]);
  expect(acknowledged.length).toBeGreaterThan(3);

  rmSync(ballast);
  await store.saveAlert(sampleAlert({ id: 'after', message }), []);
  await store.close();
  const again = openSqliteStore({ path: join(disk, 'kubesecure.db'), clock: systemClock });
  const { items } = await again.listAlerts({ limit: 1000 });
  expect(new Set(items.map(({ id }) => id))).toEqual(new Set([...acknowledged, 'after']));
  await again.close();
});

test('a disk that is full from the start refuses to open with a reason', () => {
  expect(() => writeFileSync(join(disk, 'ballast'), Buffer.alloc(3_000_000))).toThrow('ENOSPC');
  expect(() => openSqliteStore({ path: join(disk, 'kubesecure.db'), clock: systemClock })).toThrow(
    expect.objectContaining({ code: 'unavailable' }),
  );
});
