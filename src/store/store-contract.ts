import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '#core/store.ts';
import { isoAt, NOON_MS, sampleAlert, sampleAudit, sampleDecision, sampleNotification } from './sample-records.ts';

/**
 * What every adapter of the store must do, as tests. `open` gives a fresh, empty store; the suite closes it.
 */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`${name} keeps the contract of a store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    test('an alert comes back as it was saved, and is null when unknown', async () => {
      await store.saveAlert(sampleAlert(), []);
      expect(await store.getAlert('alert-1')).toEqual(sampleAlert());
      expect(await store.getAlert('nobody')).toBeNull();
    });

    test('saving an alert again replaces it', async () => {
      await store.saveAlert(sampleAlert(), [sampleNotification()]);
      await store.saveAlert(sampleAlert({ verdicts: 10, status: 'acknowledged' }), []);
      const { items } = await store.listAlerts({ limit: 10 });
      expect(items).toEqual([sampleAlert({ verdicts: 10, status: 'acknowledged' })]);
    });

    test('an alert that is not valid is refused whole', async () => {
      const broken = sampleAlert({ firstSeen: 'yesterday' });
      await expect(store.saveAlert(broken, [])).rejects.toMatchObject({ name: 'KubeSecureError' });
      expect((await store.listAlerts({ limit: 10 })).items).toEqual([]);
    });

    test('an alert and its notifications are stored together or not at all', async () => {
      const orphan = sampleNotification({
        id: 'of-another-alert',
        event: { type: 'alert.opened', alert: sampleAlert({ id: 'never-saved' }) },
      });
      await expect(store.saveAlert(sampleAlert(), [sampleNotification(), orphan])).rejects.toThrow(
        'saving alert alert-1',
      );
      expect(await store.getAlert('alert-1')).toBeNull();
      expect(await store.countPendingNotifications()).toBe(0);
    });

    test('pages follow one another, newest first, without a gap or a repeat', async () => {
      // Ten alerts, two of each first-seen time, so that pages end between equal times.
      const ids = Array.from({ length: 10 }, (_, i) => `alert-${i}`);
      for (const [i, id] of ids.entries()) {
        await store.saveAlert(sampleAlert({ id, firstSeen: isoAt(Math.floor(i / 2) * 1000) }), []);
      }
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.listAlerts({ limit: 3, cursor });
        seen.push(...page.items.map((alert) => alert.id));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(ids.toReversed());
    });

    test('the last page says so even when it is full', async () => {
      await store.saveAlert(sampleAlert(), []);
      expect((await store.listAlerts({ limit: 1 })).next).toBeNull();
    });

    test.each([
      { query: { status: 'acknowledged' }, ids: ['b'] },
      { query: { family: 'port-scan' }, ids: ['c'] },
      { query: { severity: 'medium' }, ids: ['c'] },
      { query: { namespace: 'shop' }, ids: ['b', 'a'] },
      { query: { sinceMs: NOON_MS + 5000 }, ids: ['c', 'b'] },
      { query: { untilMs: NOON_MS + 1000 }, ids: ['b', 'a'] },
      { query: { namespace: 'shop', sinceMs: NOON_MS + 5000, untilMs: NOON_MS + 1000 }, ids: ['b'] },
    ] as const)('alerts are found by $query', async ({ query, ids }) => {
      const client = { side: 'client', ip: '10.77.0.66', port: null, workload: null } as const;
      await store.saveAlert(sampleAlert({ id: 'a', firstSeen: isoAt(0), lastSeen: isoAt(2000) }), []);
      const acknowledged = { id: 'b', status: 'acknowledged', firstSeen: isoAt(1000), lastSeen: isoAt(5000) } as const;
      await store.saveAlert(sampleAlert(acknowledged), []);
      const scan = { id: 'c', family: 'port-scan', severity: 'medium', entity: client } as const;
      await store.saveAlert(sampleAlert({ ...scan, firstSeen: isoAt(2000), lastSeen: isoAt(9000) }), []);
      const { items } = await store.listAlerts({ ...query, limit: 10 });
      expect(items.map((alert) => alert.id)).toEqual(ids);
    });

    test.each(['', 'not-ours', '%%%', Buffer.from('12:').toString('base64url')])(
      'the foreign cursor "%s" is bad input',
      async (cursor) => {
        await expect(store.listAlerts({ limit: 10, cursor })).rejects.toMatchObject({ code: 'bad-input' });
      },
    );

    test.each([0, -1, 1.5, 1001, Number.NaN])('a limit of %d is bad input', async (limit) => {
      await expect(store.listAlerts({ limit })).rejects.toMatchObject({ code: 'bad-input' });
    });

    test('a decision is stored with its audit lines and notifications, and replaced by its id', async () => {
      await store.saveAlert(sampleAlert(), []);
      const event = { type: 'decision.changed', decision: sampleDecision() } as const;
      await store.saveDecision(sampleDecision(), [sampleAudit()], [sampleNotification({ event })]);
      await store.saveDecision(sampleDecision({ state: 'applied' }), [sampleAudit({ action: 'decision.applied' })], []);
      expect(await store.getDecision('decision-1')).toEqual(sampleDecision({ state: 'applied' }));
      expect(await store.getDecision('nobody')).toBeNull();
      expect((await store.listAudit({ limit: 10 })).map((entry) => entry.action)).toEqual([
        'decision.applied',
        'decision.planned',
      ]);
      const [owed] = await store.dueNotifications(NOON_MS, 10);
      expect(owed).toEqual(sampleNotification({ event }));
    });

    test('decisions are listed newest first, of the states asked for', async () => {
      for (const [i, state] of (['applied', 'failed', 'expired'] as const).entries()) {
        await store.saveDecision(sampleDecision({ id: `d${i}`, state, createdAt: isoAt(i) }), [], []);
      }
      const all = await store.listDecisions({ limit: 10 });
      expect(all.map((decision) => decision.id)).toEqual(['d2', 'd1', 'd0']);
      const some = await store.listDecisions({ states: ['applied', 'failed'], limit: 10 });
      expect(some.map((decision) => decision.id)).toEqual(['d1', 'd0']);
      expect(await store.listDecisions({ states: [], limit: 10 })).toEqual([]);
    });

    test('audit lines are kept in the order they were written', async () => {
      for (let i = 0; i < 5; i++) await store.appendAudit(sampleAudit({ detail: String(i), at: isoAt(-i) }));
      expect((await store.listAudit({ limit: 3 })).map((entry) => entry.detail)).toEqual(['4', '3', '2']);
    });

    test('a notification is due from its time on, oldest first, by channel where one is named', async () => {
      await store.saveAlert(sampleAlert(), [
        sampleNotification({ id: 'later', nextAttemptAtMs: NOON_MS + 1000 }),
        sampleNotification({ id: 'second', createdAtMs: NOON_MS - 1 }),
        sampleNotification({ id: 'first', channel: 'webhook', createdAtMs: NOON_MS - 2 }),
      ]);
      const idsAt = async (atMs: number, limit: number, channel?: string) =>
        (await store.dueNotifications(atMs, limit, channel)).map((notification) => notification.id);
      expect(await idsAt(NOON_MS, 10)).toEqual(['first', 'second']);
      expect(await idsAt(NOON_MS, 1)).toEqual(['first']);
      expect(await idsAt(NOON_MS, 10, 'slack')).toEqual(['second']);
      expect(await idsAt(NOON_MS + 1000, 10, 'slack')).toEqual(['second', 'later']);
    });

    test('a retry moves a notification and counts; once sent or given up it is settled', async () => {
      await store.saveAlert(sampleAlert(), [sampleNotification(), sampleNotification({ id: 'hopeless' })]);
      await store.settleNotification('notification-1', { type: 'retry', atMs: NOON_MS + 500, error: 'status 500' });
      await store.settleNotification('hopeless', { type: 'gave-up', error: 'too old' });
      expect(await store.dueNotifications(NOON_MS + 499, 10)).toEqual([]);
      expect(await store.dueNotifications(NOON_MS + 500, 10)).toEqual([
        sampleNotification({ attempts: 1, nextAttemptAtMs: NOON_MS + 500 }),
      ]);
      expect(await store.countPendingNotifications()).toBe(1);
      await store.settleNotification('notification-1', { type: 'sent' });
      expect(await store.countPendingNotifications()).toBe(0);
      // A second settling of a settled one, as two processes may do, does not bring it back.
      await store.settleNotification('notification-1', { type: 'retry', atMs: 0, error: 'late' });
      expect(await store.countPendingNotifications()).toBe(0);
    });

    test('settling a notification that is not there is an error', async () => {
      await expect(store.settleNotification('nobody', { type: 'sent' })).rejects.toMatchObject({ code: 'not-found' });
    });

    test('a notification that is added again stays as it was', async () => {
      await store.saveAlert(sampleAlert(), [sampleNotification()]);
      await store.settleNotification('notification-1', { type: 'sent' });
      await store.saveAlert(sampleAlert(), [sampleNotification()]);
      expect(await store.countPendingNotifications()).toBe(0);
    });

    test('a user is saved with its audit line, and replaced by name', async () => {
      const user = { name: 'admin', passwordHash: '$argon2id$v=19$m=1$a$b', createdAt: isoAt(0) };
      expect(await store.countUsers()).toBe(0);
      await store.saveUser(user, sampleAudit({ action: 'user.created' }));
      await store.saveUser(
        { ...user, passwordHash: '$argon2id$v=19$m=1$c$d' },
        sampleAudit({ action: 'user.changed' }),
      );
      expect(await store.countUsers()).toBe(1);
      expect(await store.getUser('admin')).toEqual({ ...user, passwordHash: '$argon2id$v=19$m=1$c$d' });
      expect(await store.getUser('Admin')).toBeNull();
      expect((await store.listAudit({ limit: 9 })).map((entry) => entry.action)).toEqual([
        'user.changed',
        'user.created',
      ]);
    });

    test('a setting is what it was put to last', async () => {
      expect(await store.getSetting('token-key')).toBeNull();
      await store.putSetting('token-key', 'a');
      await store.putSetting('token-key', 'b');
      expect(await store.getSetting('token-key')).toBe('b');
    });

    test('text that looks like SQL is only text', async () => {
      const id = "x'); DROP TABLE alerts; --";
      await store.saveAlert(sampleAlert({ id }), []);
      expect((await store.getAlert(id))?.id).toBe(id);
      expect((await store.listAlerts({ limit: 10, namespace: "' OR 1=1 --" })).items).toEqual([]);
    });

    test('writes that come at once are all kept', async () => {
      const ids = Array.from({ length: 50 }, (_, i) => `alert-${i}`);
      await Promise.all(ids.map((id) => store.saveAlert(sampleAlert({ id }), [])));
      expect((await store.listAlerts({ limit: 100 })).items).toHaveLength(50);
    });

    test('a closed store says that it is not available', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
      await store.close();
      await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable' });
      await expect(store.saveAlert(sampleAlert(), [])).rejects.toMatchObject({ code: 'unavailable' });
      await expect(store.getAlert('alert-1')).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
}
