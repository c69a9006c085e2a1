import { afterEach, beforeEach, expect, test } from 'vitest';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authenticate, ensureAdmin, loadTokenKey } from '#api/accounts.ts';
import { systemClock as clock } from '#core/clock.ts';
import type { Store } from '#core/store.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubesecure-accounts-'));
  store = openSqliteStore({ path: join(folder, 'test.db'), clock });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

test('the first start without a password makes a strong one, once, and keeps only its hash', async () => {
  const { generatedPassword } = await ensureAdmin({ store, password: null, clock });
  expect(generatedPassword).toMatch(/^[2-9a-z]{4}(-[2-9a-z]{4}){4}$/);
  expect(await ensureAdmin({ store, password: null, clock })).toEqual({ generatedPassword: null });

  expect((await store.getUser('admin'))?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await authenticate(store, 'admin', generatedPassword ?? '')).toMatchObject({ name: 'admin' });
  await store.close();
  const file = readFileSync(join(folder, 'test.db'));
  store = openSqliteStore({ path: join(folder, 'test.db'), clock });
  expect(file.includes(generatedPassword ?? '')).toBe(false);
});

test('a given password is set, kept as it is when given again, and replaces another one', async () => {
  await ensureAdmin({ store, password: 'first password', clock });
  const first = await store.getUser('admin');
  await ensureAdmin({ store, password: 'first password', clock });
  expect(await store.getUser('admin')).toEqual(first);

  await ensureAdmin({ store, password: 'second password', clock });
  expect(await authenticate(store, 'admin', 'first password')).toBeNull();
  expect(await authenticate(store, 'admin', 'second password')).not.toBeNull();
  expect((await store.listAudit({ limit: 10 })).map(({ action }) => action)).toEqual([
    'user.password-set',
    'user.password-set',
  ]);
});

test('a short password is refused as wrong usage, and nothing is stored', async () => {
  await expect(ensureAdmin({ store, password: 'seven77', clock })).rejects.toMatchObject({ code: 'usage' });
  expect(await store.countUsers()).toBe(0);
});

test('the key that signs tokens is 32 bytes, made once', async () => {
  const key = await loadTokenKey(store);
  expect(key).toHaveLength(32);
  expect(await loadTokenKey(store)).toEqual(key);
});

test('a name nobody has takes about as long as a wrong password', async () => {
  await ensureAdmin({ store, password: 'first password', clock });
  await authenticate(store, 'nobody', 'warm up');
  const elapsedMs = async (name: string) => {
    const start = performance.now();
    await authenticate(store, name, 'wrong password');
    return performance.now() - start;
  };

  // In turns, and the fastest of each counts: other work on the machine only ever adds.
  const fastest = { nobody: Infinity, admin: Infinity };
  for (let i = 0; i < 6; i++) {
    fastest.nobody = Math.min(fastest.nobody, await elapsedMs('nobody'));
    fastest.admin = Math.min(fastest.admin, await elapsedMs('admin'));
  }
  expect(fastest.nobody).toBeGreaterThan(fastest.admin / 4);
});
