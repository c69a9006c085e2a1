import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { withExclusiveLock } from './exclusive-lock.ts';

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'lock-test-')), 'deeper', 'lock');
});
afterEach(() => {
  rmSync(join(path, '..', '..'), { recursive: true });
});

test('two who want the lock work one after the other, and the second is told that it waits', async () => {
  const events: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    events.push(`${name} begins`);
    await sleep(50);
    events.push(`${name} ends`);
  };
  let second: Promise<void> | undefined;
  await withExclusiveLock(path, async () => {
    second = withExclusiveLock(path, work('second'), { onWait: () => events.push('second waits') });
    await work('first')();
  });
  await second;
  expect(events).toEqual(['second waits', 'first begins', 'first ends', 'second begins', 'second ends']);
});

test('the lock is free again after work that throws', async () => {
  const failure = withExclusiveLock(path, async () => Promise.reject(new Error('no')));
  await expect(failure).rejects.toThrow('no');
  await expect(withExclusiveLock(path, async () => 'in', { patienceMs: 0 })).resolves.toBe('in');
});

test('who has waited long enough is told that the lock is held', async () => {
  await withExclusiveLock(path, async () => {
    const second = withExclusiveLock(path, async () => 'in', { patienceMs: 0 });
    await expect(second).rejects.toMatchObject({ code: 'conflict' });
  });
});

test('a lock whose holder was killed is free', async () => {
  const holder = spawn(process.execPath, ['--input-type=module-typescript', '--eval', holdForever(path)]);
  await once(holder.stdout, 'data');
  await expect(withExclusiveLock(path, async () => 'in', { patienceMs: 0 })).rejects.toMatchObject({
    code: 'conflict',
  });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await expect(withExclusiveLock(path, async () => 'in', { patienceMs: 0 })).resolves.toBe('in');
});

function holdForever(lockPath: string): string {
  const source = join(import.meta.dirname, 'exclusive-lock.ts');
  return `
    import { withExclusiveLock } from ${JSON.stringify(source)};
    await withExclusiveLock(${JSON.stringify(lockPath)}, () => new Promise(() => {
      console.log('held');
      setInterval(() => undefined, 1000);
    }));`;
}
