import { afterEach, beforeEach, expect, test } from 'vitest';
import { Alert } from '#core/alert.ts';
import { KubeSecureError } from '#core/error.ts';
import { silentLog } from '#core/log.ts';
import type { Notification } from '#core/notification.ts';
import type { Store } from '#core/store.ts';
import { type AlertDesk, type AlertDeskOptions, createAlertDesk } from './alert-desk.ts';
import { AlertsConfig } from './config.ts';
import { type Act, manyPorts, START_US, verdictsOf } from './verdict-scripts.ts';

const V = '10.77.0.10';
const A = '10.77.0.66';
const flood: Act = { family: 'http-flood', entity: A, peers: [`${V}:80`], from: 1, to: 5 };
const scan: Act = { family: 'port-scan', entity: '10.77.0.68', peers: manyPorts(V), from: 2, to: 4 };

let nowMs: number;
let heard: string[];
let alerts: Map<string, Alert>;
let outbox: Notification[];
let writes: number;
let outage: boolean;
let desks: AlertDesk[];
beforeEach(() => {
  nowMs = START_US / 1000;
  heard = [];
  alerts = new Map();
  outbox = [];
  writes = 0;
  outage = false;
  desks = [];
});
afterEach(async () => {
  outage = false;
  await Promise.all(desks.map((desk) => desk.close()));
});

/** The three methods of the store that the desk uses, in memory, with an outage at will. */
function memoryStore(): Store {
  const answer = () => {
    if (outage) throw new KubeSecureError('unavailable', 'while saving: the disk is full');
  };
  const used: Pick<Store, 'saveAlert' | 'getAlert' | 'listAlerts'> = {
    async saveAlert(alert, notifications) {
      answer();
      writes++;
      alerts.set(alert.id, Alert.parse(alert));
      outbox.push(...notifications);
    },
    async getAlert(id) {
      answer();
      return alerts.get(id) ?? null;
    },
    async listAlerts({ sinceMs = 0 }) {
      answer();
      return { items: [...alerts.values()].filter(({ lastSeen }) => Date.parse(lastSeen) >= sinceMs), next: null };
    },
  };
  return used as Store;
}

function openDesk(changes: Partial<AlertDeskOptions> = {}): AlertDesk {
  const made = createAlertDesk({
    store: memoryStore(),
    channels: ['slack', 'webhook'],
    clock: { now: () => nowMs },
    settings: AlertsConfig.parse({}),
    toWallMs: (packetUs) => packetUs / 1000,
    workloadOf: (ip) => (ip === V ? 'shop/deployment/web' : null),
    onAlert: (alert, event) => void heard.push(`${event} ${alert.family}`),
    log: silentLog,
    ...changes,
  });
  desks.push(made);
  return made;
}

test('an alert is stored with one notification for each channel before anybody hears of it', async () => {
  const storedAtCall: boolean[] = [];
  const onAlert = (alert: Alert) => void storedAtCall.push(alerts.has(alert.id));
  await openDesk({ onAlert }).accept(verdictsOf([flood]));
  expect(storedAtCall[0]).toBe(true);
  const [alert] = alerts.values();
  expect(alert).toMatchObject({
    family: 'http-flood',
    severity: 'high',
    technique: 'T1499.002',
    status: 'open',
    entity: { side: 'server', ip: V, port: 80, workload: 'shop/deployment/web' },
    message: `HTTP flood against shop/deployment/web (${V}:80) from ${A}: 412 new flows/s, usually 3`,
    timestamp: new Date(nowMs).toISOString(),
    firstSeen: new Date(START_US / 1000 + 500).toISOString(),
  });
  expect(outbox.map(({ channel }) => channel)).toEqual(['slack', 'webhook']);
  expect(new Set(outbox.map(({ id }) => id)).size).toBe(2);
  expect(outbox[0]?.event).toMatchObject({ type: 'alert.opened', alert: { id: alert?.id } });
});

test('an attack that goes on is written once a second at most, and its last state on flush', async () => {
  const made = openDesk();
  for (const verdict of verdictsOf([{ ...flood, every: 0.01 }])) {
    nowMs = verdict.atUs / 1000;
    await made.accept([verdict]);
  }
  expect(writes).toBeLessThanOrEqual(5);
  await made.flush();
  const [alert] = alerts.values();
  expect(alert?.verdicts).toBe(401);
  expect(alert?.lastSeen).toBe(new Date(START_US / 1000 + 5000).toISOString());
  expect(outbox).toHaveLength(2);
  expect(heard[0]).toBe('opened http-flood');
  expect(new Set(heard.slice(1))).toEqual(new Set(['updated http-flood']));
});

test('the last state is written a second later even when nothing else happens', async () => {
  const made = openDesk();
  await made.accept(verdictsOf([flood]));
  await made.accept(verdictsOf([{ ...flood, from: 5.5, to: 5.5 }]));
  expect(made.health().unsaved).toBe(1);
  nowMs += 1000;
  await expect.poll(() => made.health().unsaved, { timeout: 3000 }).toBe(0);
  expect([...alerts.values()][0]?.verdicts).toBe(10);
});

test('alerts that the store refuses wait, are shown, and are stored once it answers', async () => {
  const made = openDesk();
  outage = true;
  await made.accept(verdictsOf([flood, scan]));
  expect(made.health()).toMatchObject({ ok: false, reason: 'while saving: the disk is full', unsaved: 2, lost: 0 });
  expect(heard).toEqual([]);
  expect(made.list()).toHaveLength(2);

  outage = false;
  nowMs += 1000;
  await made.accept([]);
  expect(made.health()).toMatchObject({ ok: true, unsaved: 0 });
  expect(alerts.size).toBe(2);
  expect(outbox).toHaveLength(4);
  expect(heard).toEqual(['opened http-flood', 'opened port-scan']);
});

test('an attack that goes on after a restart is the same alert, and nobody is told again', async () => {
  await openDesk().accept(verdictsOf([flood]));
  const [before] = alerts.values();
  await openDesk().accept(verdictsOf([{ ...flood, from: 20, to: 25 }]));
  expect([...alerts.keys()]).toEqual([before?.id]);
  const after = alerts.get(before?.id ?? '');
  expect(after?.timestamp).toBe(before?.timestamp);
  expect(after?.firstSeen).toBe(before?.firstSeen);
  expect(after?.verdicts).toBeGreaterThan(before?.verdicts ?? 0);
  expect(outbox).toHaveLength(2);
});

test('after a restart, windows that look like another family open nothing', async () => {
  await openDesk().accept(verdictsOf([flood]));
  await openDesk().accept(
    verdictsOf([
      { ...flood, family: 'syn-flood', from: 6, to: 6.5 },
      { ...flood, from: 7, to: 9 },
    ]),
  );
  expect(alerts.size).toBe(1);
});

test('an attack after the gap, or after a person resolved the alert, is a new alert', async () => {
  await openDesk().accept(verdictsOf([flood]));
  const second = openDesk();
  await second.accept(verdictsOf([{ ...flood, from: 100, to: 105 }]));
  expect(alerts.size).toBe(2);
  const newest = [...alerts.values()].at(-1) as Alert;
  alerts.set(newest.id, { ...newest, status: 'resolved' });
  nowMs += 1000;
  await second.accept(verdictsOf([{ ...flood, from: 106, to: 106 }]));
  await second.accept(verdictsOf([{ ...flood, from: 107, to: 110 }]));
  expect(alerts.size).toBe(3);
  expect(alerts.get(newest.id)?.status).toBe('resolved');
});

test("a person's word on the alert stays while the attack goes on", async () => {
  const made = openDesk();
  await made.accept(verdictsOf([flood]));
  const [alert] = [...alerts.values()];
  alerts.set(alert.id, { ...alert, status: 'acknowledged' });
  await made.accept(verdictsOf([{ ...flood, from: 6, to: 8 }]));
  await made.flush();
  expect([...alerts.values()]).toMatchObject([{ status: 'acknowledged', verdicts: 14 }]);
});

test('the workload keeps its name when the address is given to another pod', async () => {
  let owner: string | null = 'shop/deployment/web';
  const made = openDesk({ workloadOf: () => owner });
  await made.accept(verdictsOf([flood]));
  owner = 'other/job/batch';
  await made.accept(verdictsOf([{ ...flood, from: 6, to: 8 }]));
  await made.flush();
  expect([...alerts.values()][0]?.entity.workload).toBe('shop/deployment/web');
});

test('a listener that fails is counted; the alert is stored and the desk goes on', async () => {
  const onAlert = () => {
    throw new Error('nobody home');
  };
  const made = openDesk({ onAlert });
  await made.accept(verdictsOf([flood, scan]));
  expect(alerts.size).toBe(2);
  expect(made.health()).toMatchObject({ ok: true, listenerFailures: 2 });
});

test('without a store the alerts are listed at the end, in packet time', async () => {
  const made = openDesk({ store: null });
  await made.accept(verdictsOf([{ ...flood, from: 200, to: 205 }]));
  const later = openDesk({ store: null });
  await later.accept(verdictsOf([flood, scan, { ...flood, from: 200, to: 205 }]));
  expect(later.list().map(({ family }) => family)).toEqual(['http-flood', 'port-scan', 'http-flood']);
  expect(later.list().map((alert) => Alert.parse(alert))).toEqual(later.list());
  expect(later.list()[0]?.timestamp).toBe(new Date(START_US / 1000 + 1000).toISOString());
});

test('calls that come at once are worked off one after another', async () => {
  const made = openDesk();
  await Promise.all(verdictsOf([flood, scan]).map((verdict) => made.accept([verdict])));
  expect(alerts.size).toBe(2);
  expect(outbox).toHaveLength(4);
});

test('a burst of 5,000 verdicts of three attacks is three alerts', async () => {
  const made = openDesk();
  const third: Act = { family: 'syn-flood', entity: '10.77.0.67', peers: ['10.77.0.11:80'], from: 1, to: 5 };
  const verdicts = verdictsOf([flood, scan, third].map((act) => ({ ...act, to: 30, every: 0.015 })));
  expect(verdicts.length).toBeGreaterThan(5000);
  await made.accept(verdicts);
  await made.flush();
  expect(alerts.size).toBe(3);
  expect(writes).toBeLessThanOrEqual(6);
  expect([...alerts.values()].reduce((sum, alert) => sum + alert.verdicts, 0)).toBe(verdicts.length);
});

test('a verdict that a live rule keeps silent opens no alert, until the rule has expired', async () => {
  const until = new Date(nowMs + 10_000).toISOString();
  const rule = { name: 'load test', reason: 'ours', until, client: A };
  const settings = AlertsConfig.parse({ suppressions: [rule] });
  const desk = openDesk({ settings });
  await desk.accept(verdictsOf([flood, scan]));
  expect(heard).toEqual(['opened port-scan']);
  expect(desk.suppressed()).toEqual({ 'load test': 9 });
  nowMs += 10_000;
  await desk.accept(verdictsOf([{ ...flood, from: 10, to: 12 }]));
  expect(heard).toContain('opened http-flood');
  expect(desk.suppressed()).toEqual({ 'load test': 9 });
});
