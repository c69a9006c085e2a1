import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import type { Store } from '#core/store.ts';
import { createChannels } from '#notify/channels.ts';
import { NotifyConfig } from '#notify/config.ts';
import { createNotifier } from '#notify/notifier.ts';
import { openSqliteStore } from '#store/sqlite-store.ts';

const CHILD = fileURLToPath(new URL('./store-until-killed.ts', import.meta.url));
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubesecure-kill-'));
  path = join(folder, 'kubesecure.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('killed between "alert stored" and "sent", the alert is there once and is sent after the restart', async () => {
  const child = startChild(1);
  const [id] = await acknowledgedUntil(child, (ids) => ids.length === 1);
  await kill(child);

  const store = openSqliteStore({ path, clock: systemClock });
  const { items } = await store.listAlerts({ limit: 10 });
  expect(items.map((alert) => alert.id)).toEqual([id]);
  const received = await deliverAll(store);
  expect(received.map(({ alert }) => alert.id)).toEqual([id]);
  expect(await store.countPendingNotifications()).toBe(0);
  await store.close();
});

test('killed at any moment, every alert that was acknowledged is there once, with what is owed for it', async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < 8; round++) {
    const child = startChild(100_000);
    const wanted = 1 + ((round * 37) % 100);
    acknowledged.push(...(await acknowledgedUntil(child, (ids) => ids.length >= wanted)));
    await kill(child);
  }

  const store = openSqliteStore({ path, clock: systemClock });
  const stored = await allAlertIds(store);
  expect(new Set(stored).size).toBe(stored.length);
  expect(acknowledged.filter((id) => !stored.includes(id))).toEqual([]);
  expect(await store.countPendingNotifications()).toBe(stored.length);
  await store.close();
});

function startChild(count: number): ChildProcess {
  return spawn(process.execPath, [CHILD, path, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The ids that the child has acknowledged by the time `enough` says so; those after it may be lost with the pipe. */
function acknowledgedUntil(child: ChildProcess, enough: (ids: readonly string[]) => boolean): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    const onExit = (code: number | null) => reject(new Error(`the child ended by itself with ${String(code)}`));
    child.once('exit', onExit);
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const ids = text.split('\n').slice(0, -1);
      if (!enough(ids)) return;
      // Only this one: whoever kills the child waits for its end as well, and data goes on coming until then.
      child.off('exit', onExit);
      resolve(ids);
    });
  });
}

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

async function allAlertIds(store: Store): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listAlerts({ limit: 1000, cursor });
    ids.push(...page.items.map((alert) => alert.id));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

async function deliverAll(store: Store): Promise<{ alert: { id: string } }[]> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = NotifyConfig.parse({ webhook: { url: `http://127.0.0.1:${port}/` } });
  const channels = createChannels(settings, systemClock);
  await createNotifier({ store, channels, clock: systemClock, log: silentLog, settings }).deliverDue();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return bodies.map((body) => JSON.parse(body) as { alert: { id: string } });
}
