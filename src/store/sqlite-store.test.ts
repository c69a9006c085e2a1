import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { type Log, silentLog } from '#core/log.ts';
import { isoAt, NOON_MS, sampleAlert, sampleAudit, sampleDecision, sampleNotification } from './sample-records.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { describeStore } from './store-contract.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubesecure-store-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

const open = (path = join(folder, 'kubesecure.db')) => openSqliteStore({ path, clock: systemClock });

describeStore('the SQLite store', async () => open());

test('the file, its folder and its companions can be read by their owner only', async () => {
  const path = join(folder, 'deep', 'er', 'kubesecure.db');
  const store = open(path);
  await store.putSetting('token-key', 'secret');
  const modes = [path, `${path}-wal`, `${path}-shm`].map((file) => statSync(file).mode & 0o777);
  expect(modes).toEqual([0o600, 0o600, 0o600]);
  expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700);
  await store.close();
});

test('a store in memory leaves no file', async () => {
  await open(':memory:').close();
  expect(existsSync(':memory:')).toBe(false);
});

test('a file that others could read is closed to them, and that is said', async () => {
  const path = join(folder, 'kubesecure.db');
  await open(path).close();
  chmodSync(path, 0o644);
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (_, message) => warnings.push(message) };
  await openSqliteStore({ path, clock: systemClock, log }).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(warnings).toEqual(['the store could be read by others; its mode is 0600 now']);
});

test('everything is there after it was opened again', async () => {
  const before = open();
  await before.saveAlert(sampleAlert(), [sampleNotification()]);
  await before.close();
  const after = open();
  expect(await after.getAlert('alert-1')).toEqual(sampleAlert());
  expect(await after.countPendingNotifications()).toBe(1);
  await after.close();
});

test('two processes may hold it open: what one writes the other reads', async () => {
  const server = open();
  const command = open();
  await server.saveAlert(sampleAlert(), []);
  await command.saveAlert(sampleAlert({ id: 'alert-2' }), []);
  expect((await server.listAlerts({ limit: 10 })).items).toHaveLength(2);
  await server.close();
  expect((await command.listAlerts({ limit: 10 })).items).toHaveLength(2);
  await command.close();
});

test('a text file is refused and left as it was', () => {
  const path = join(folder, 'notes.txt');
  writeFileSync(path, 'these are not the rows you are looking for\n'.repeat(50));
  expect(() => open(path)).toThrow(expect.objectContaining({ code: 'bad-input' }));
  expect(() => open(path)).toThrow(`while opening the store ${path}: the file is not a database`);
  expect(readFileSync(path, 'utf8')).toMatch(/^these are not/);
});

test("another program's database is refused and left as it was", () => {
  const path = join(folder, 'other.db');
  const other = new DatabaseSync(path);
  other.exec('CREATE TABLE recipes (name TEXT)');
  other.close();
  const before = readFileSync(path);
  expect(() => open(path)).toThrow('it is the database of another program');
  expect(readFileSync(path)).toEqual(before);
});

test('a schema of a newer version is refused by its number', async () => {
  const path = join(folder, 'kubesecure.db');
  await open(path).close();
  const future = new DatabaseSync(path);
  future.exec('PRAGMA user_version = 99');
  future.close();
  expect(() => open(path)).toThrow(expect.objectContaining({ code: 'bad-input' }));
  expect(() => open(path)).toThrow(/its schema is version 99, this program knows versions up to \d+/);
});

test('a damaged file is refused', async () => {
  const path = join(folder, 'kubesecure.db');
  const store = open(path);
  for (let i = 0; i < 200; i++) await store.saveAlert(sampleAlert({ id: `alert-${i}` }), []);
  await store.close();
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 8192, bytes.length - 4096);
  writeFileSync(path, bytes);
  expect(() => open(path)).toThrow(expect.objectContaining({ code: 'bad-input' }));
  expect(() => open(path)).toThrow('the file is damaged');
});

test('a path below a file is refused', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => open(join(folder, 'file', 'kubesecure.db'))).toThrow(expect.objectContaining({ code: 'bad-input' }));
});

test('a folder without the right to write is refused', () => {
  const locked = join(folder, 'locked');
  mkdirSync(locked, { mode: 0o500 });
  chmodSync(folder, 0o755);
  const attempt = () => asNobody(() => open(join(locked, 'kubesecure.db')));
  expect(attempt).toThrow(expect.objectContaining({ code: 'forbidden' }));
  expect(attempt).toThrow('no permission to write there');
});

test('a file without the right to write is refused', async () => {
  const path = join(folder, 'kubesecure.db');
  await open(path).close();
  chmodSync(folder, 0o555);
  chmodSync(path, 0o444);
  expect(() => asNobody(() => open(path))).toThrow(expect.objectContaining({ code: 'forbidden' }));
});

test('a writer that holds the file too long makes a write unavailable, and nothing of it happens', async () => {
  const path = join(folder, 'kubesecure.db');
  const store = openSqliteStore({ path, clock: systemClock, busyTimeoutMs: 50 });
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  await expect(store.saveAlert(sampleAlert(), [])).rejects.toMatchObject({ code: 'unavailable' });
  other.exec('ROLLBACK');
  other.close();
  expect(await store.getAlert('alert-1')).toBeNull();
  await store.saveAlert(sampleAlert(), []);
  expect(await store.getAlert('alert-1')).not.toBeNull();
  await store.close();
});

test('a row that was changed behind its back is an error that names it', async () => {
  const path = join(folder, 'kubesecure.db');
  const store = open(path);
  await store.saveAlert(sampleAlert(), []);
  const other = new DatabaseSync(path);
  other.exec(`UPDATE alerts SET body = json_set(body, '$.score', 'high')`);
  other.close();
  await expect(store.getAlert('alert-1')).rejects.toThrow(/while reading alert alert-1 from the store: .*score/);
  await store.close();
});

test('a notification that cannot be read is put aside and does not block the others', async () => {
  const path = join(folder, 'kubesecure.db');
  const store = open(path);
  await store.saveAlert(sampleAlert(), [sampleNotification(), sampleNotification({ id: 'good' })]);
  const other = new DatabaseSync(path);
  other.exec(`UPDATE outbox SET event = '{' WHERE id = 'notification-1'`);
  other.close();
  expect((await store.dueNotifications(NOON_MS, 10)).map(({ id }) => id)).toEqual(['good']);
  expect(await store.countPendingNotifications()).toBe(1);
  await store.close();
});

test('the audit log can be neither changed nor shortened', async () => {
  const path = join(folder, 'kubesecure.db');
  const store = open(path);
  await store.appendAudit(sampleAudit());
  const other = new DatabaseSync(path);
  expect(() => other.exec(`UPDATE audit SET body = '{}'`)).toThrow('append-only');
  expect(() => other.exec('DELETE FROM audit')).toThrow('append-only');
  other.close();
  await store.close();
});

test('what is past its retention goes; what is in force or still owed stays', async () => {
  const path = join(folder, 'kubesecure.db');
  let nowMs = NOON_MS;
  const store = openSqliteStore({ path, clock: { now: () => nowMs }, retentionDays: 30 });
  await store.saveAlert(sampleAlert({ id: 'old' }), [notificationFor('old', 'delivered')]);
  await store.settleNotification('delivered', { type: 'sent' });
  await store.saveAlert(sampleAlert({ id: 'owed' }), [notificationFor('owed', 'waiting')]);
  await store.saveDecision(sampleDecision({ id: 'ended', state: 'expired' }), [sampleAudit()], []);
  await store.saveDecision(sampleDecision({ id: 'in-force', state: 'applied' }), [], []);

  nowMs += 31 * 86_400_000;
  await store.saveAlert(sampleAlert({ id: 'new', firstSeen: isoAt(1) }), []);
  const { items } = await store.listAlerts({ limit: 10 });
  expect(items.map(({ id }) => id)).toEqual(['new', 'owed']);
  expect((await store.listDecisions({ limit: 10 })).map(({ id }) => id)).toEqual(['in-force']);
  expect(await store.listAudit({ limit: 10 })).toHaveLength(1);
  await store.close();
});

function notificationFor(alertId: string, id: string) {
  return sampleNotification({ id, event: { type: 'alert.opened', alert: sampleAlert({ id: alertId }) } });
}

/** Root may write anywhere; as anybody else the right to write is looked at. */
function asNobody<T>(action: () => T): T {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(65_534);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}
