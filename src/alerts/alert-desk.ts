// In: verdicts. Out: alerts, each stored together with what is owed to the channels before anybody hears of it. It owns
// the open attacks, and the alerts that the store has not taken yet.
import type { Alert } from '#core/alert.ts';
import type { Clock } from '#core/clock.ts';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { newId } from '#core/id.ts';
import type { Log } from '#core/log.ts';
import type { Notification } from '#core/notification.ts';
import type { Store } from '#core/store.ts';
import type { Verdict } from '#core/verdict.ts';
import { alertOf, isoOf } from './alert-record.ts';
import type { Attack } from './attack.ts';
import type { AlertsConfig } from './config.ts';
import { gapSecondsOf } from './family-kinship.ts';
import { createGrouping } from './grouping.ts';
import { createSuppressions } from './suppressions.ts';

export interface AlertDesk {
  /**
   * Takes verdicts in; resolves when the alerts they opened are stored and `onAlert` heard of them. A store that does
   * not answer is no rejection: the alerts wait, see `health`. Calls queue up.
   */
  accept(verdicts: readonly Verdict[]): Promise<void>;
  /** Writes the last state of every alert now. */
  flush(): Promise<void>;
  /** The alerts of this run, by first sight; with a store only those that are open or not stored yet. */
  list(): Alert[];
  health(): DeskHealth;
  /** Verdicts that the settings' suppressions kept silent since the start, for every rule by name. */
  suppressed(): Readonly<Record<string, number>>;
  /** Flushes, then lets go of the timer. */
  close(): Promise<void>;
}

export interface DeskHealth {
  /** False while the store refuses what it should take. */
  readonly ok: boolean;
  readonly reason: string;
  /** Attacks going on or not stored yet. */
  readonly open: number;
  /** Alerts that are in memory only, and those of them (or their last state) that had to be given up. */
  readonly unsaved: number;
  readonly lost: number;
  /** Calls of `onAlert` that failed. */
  readonly listenerFailures: number;
}

export interface AlertDeskOptions {
  /** Null keeps the alerts in memory: `detect` prints them and is done. */
  readonly store: Store | null;
  /** Names of the channels that are told about an alert. */
  readonly channels: readonly string[];
  readonly clock: Clock;
  readonly settings: AlertsConfig;
  /** Wall-clock milliseconds of a packet time in microseconds. */
  readonly toWallMs: (packetUs: number) => number;
  readonly workloadOf: (ip: string) => string | null;
  /** Hears of an alert after it was stored. An update may have another family than the alert was opened with. */
  readonly onAlert: (alert: Alert, event: 'opened' | 'updated') => void | Promise<void>;
  readonly log: Log;
}

/** One alert on its way into the store. */
interface Entry {
  attack: Attack | null;
  alert: Alert;
  /** Notifications that go with the first write. */
  owed: readonly Notification[];
  stored: boolean;
  dirty: boolean;
  nextWriteMs: number;
}

/** An attack changes with every verdict; its alert is written at most this often, and as often tried again. */
const WRITE_EVERY_MS = 1000;
const MOST_ENTRIES = 10_000;

export function createAlertDesk(options: AlertDeskOptions): AlertDesk {
  const { store, clock, settings, toWallMs, log } = options;
  const raisedMs = (attackUs: number) => (store === null ? toWallMs(attackUs) : clock.now());
  const grouping = createGrouping(settings, (openedUs) => newId(Math.max(0, raisedMs(openedUs))));
  const suppressions = createSuppressions({
    rules: settings.suppressions,
    clock,
    workloadOf: options.workloadOf,
    log,
  });
  /** By alert id, in the order they came. */
  const entries = new Map<string, Entry>();
  /** Alerts of attacks that are over, where there is no store to keep them. */
  const finished: Alert[] = [];
  let restored = store === null;
  let problem = '';
  /** After a failure the store is left alone until then: waiting for its lock blocks everything else. */
  let storeRestsUntilMs = 0;
  let lost = 0;
  let listenerFailures = 0;
  let tail: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;

  async function process(verdicts: readonly Verdict[]): Promise<void> {
    for (const verdict of verdicts) {
      if (suppressions.match(verdict) !== null) continue;
      if (!restored) await restore(verdict.atUs);
      const change = grouping.accept(verdict);
      if (change === null) continue;
      const entry = entryOf(change.attack);
      entry.dirty = true;
      if (change.type === 'opened') await write(entry);
    }
    await writeDue();
  }

  /** Attacks that went on when an earlier run ended go on under the same alert. */
  async function restore(atUs: number): Promise<void> {
    const nowMs = toWallMs(atUs);
    // Of the slowest family; grouping drops what is too old for its own.
    const gapMs = gapSecondsOf('unknown', settings.gapSeconds) * 1000;
    const alerts = await attempt(async () => (await store?.listAlerts({ sinceMs: nowMs - gapMs, limit: 1000 }))?.items);
    if (alerts === undefined) return;
    restored = true;
    for (const alert of alerts) {
      const ageMs = nowMs - Date.parse(alert.lastSeen);
      if (alert.status === 'resolved' || ageMs < -gapMs || entries.has(alert.id)) continue;
      grouping.restore(alert, atUs - ageMs * 1000);
      entries.set(alert.id, { attack: null, alert, owed: [], stored: true, dirty: false, nextWriteMs: 0 });
    }
  }

  function entryOf(attack: Attack): Entry {
    const known = entries.get(attack.id);
    if (known !== undefined) {
      known.attack = attack;
      return known;
    }
    const timestamp = isoOf(raisedMs(attack.openedUs));
    const alert = alertOf(attack, { status: 'open', timestamp, toWallMs, workloadOf: options.workloadOf });
    const owed = options.channels.map((channel) => notificationOf(channel, alert, clock.now()));
    const entry: Entry = { attack, alert, owed, stored: false, dirty: true, nextWriteMs: 0 };
    entries.set(attack.id, entry);
    makeRoom();
    return entry;
  }

  async function writeDue(evenIfEarly = false): Promise<void> {
    if (evenIfEarly) storeRestsUntilMs = 0;
    for (const [id, entry] of entries) {
      if (entry.dirty && (evenIfEarly || clock.now() >= entry.nextWriteMs)) await write(entry);
      if (!entry.dirty && !grouping.isOpen(id)) {
        entries.delete(id);
        if (store === null) finished.push(entry.alert);
      }
    }
    schedule();
  }

  async function write(entry: Entry): Promise<void> {
    entry.nextWriteMs = clock.now() + WRITE_EVERY_MS;
    const saved = await attempt(async () => {
      const alert = stateOf(entry, await statusOf(entry));
      await store?.saveAlert(alert, entry.owed);
      return alert;
    });
    if (saved === undefined) return;
    const event = entry.stored ? 'updated' : 'opened';
    Object.assign(entry, { alert: saved, owed: [], stored: true, dirty: false });
    if (saved.status === 'resolved') grouping.forget(saved.id);
    await tell(saved, event);
  }

  /** A person may have acknowledged the alert meanwhile: their word stays. */
  async function statusOf(entry: Entry): Promise<Alert['status']> {
    const current = entry.stored ? await store?.getAlert(entry.alert.id) : null;
    return current?.status ?? entry.alert.status;
  }

  function stateOf({ attack, alert }: Entry, status: Alert['status']): Alert {
    if (attack === null) return { ...alert, status };
    const now = alertOf(attack, { status, timestamp: alert.timestamp, toWallMs, workloadOf: options.workloadOf });
    // Addresses are given to other pods in time: the name from the time of the attack stays.
    const sameEntity = now.entity.ip === alert.entity.ip;
    if (sameEntity && now.entity.workload === null) now.entity.workload = alert.entity.workload;
    if (now.entity.workload !== null) attack.workloads.set(now.entity.ip, now.entity.workload);
    return now;
  }

  /** The result, or undefined where the store did not answer: what was to be written stays in memory. */
  async function attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
    if (clock.now() < storeRestsUntilMs) return undefined;
    try {
      const result = await action();
      if (problem !== '') log.info({}, 'the store takes alerts again');
      problem = '';
      return result;
    } catch (error) {
      if (!(error instanceof KubeSecureError)) throw error;
      if (problem === '') log.error({ reason: error.message }, 'the store does not take alerts; they wait in memory');
      problem = error.message;
      storeRestsUntilMs = clock.now() + WRITE_EVERY_MS;
      return undefined;
    }
  }

  async function tell(alert: Alert, event: 'opened' | 'updated'): Promise<void> {
    try {
      await options.onAlert(alert, event);
    } catch (error) {
      listenerFailures++;
      log.error({ alert: alert.id, reason: reasonOf(error) }, 'a listener failed on an alert; the alert is stored');
    }
  }

  function makeRoom(): void {
    if (entries.size <= MOST_ENTRIES) return;
    const [oldest] = entries;
    if (oldest === undefined) return;
    entries.delete(oldest[0]);
    if (!oldest[1].dirty) return;
    lost++;
    log.error({ alert: oldest[1].alert, lost }, 'too many alerts wait for the store; this one is in the log only');
  }

  function schedule(): void {
    if (timer !== null || !someDirty()) return;
    timer = setTimeout(() => {
      timer = null;
      enqueue(writeDue).catch((error: unknown) => {
        problem = reasonOf(error);
        log.error({ reason: problem }, 'writing alerts failed');
      });
    }, WRITE_EVERY_MS);
    timer.unref();
  }

  function someDirty(): boolean {
    return [...entries.values()].some(({ dirty }) => dirty);
  }

  /** One piece of work at a time; a failed one does not stop the next. */
  function enqueue(work: () => Promise<void>): Promise<void> {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  }

  return {
    accept: (verdicts) => enqueue(() => process(verdicts)),
    flush: () => enqueue(() => writeDue(true)),
    list: () =>
      [...finished, ...[...entries.values()].map((entry) => stateOf(entry, entry.alert.status))].toSorted((a, b) =>
        a.firstSeen < b.firstSeen ? -1 : 1,
      ),
    health: () => ({
      ok: problem === '',
      reason: problem,
      open: entries.size,
      unsaved: [...entries.values()].filter(({ dirty }) => dirty).length,
      lost,
      listenerFailures,
    }),
    suppressed: () => suppressions.counts(),
    async close() {
      await enqueue(() => writeDue(true));
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

function notificationOf(channel: string, alert: Alert, nowMs: number): Notification {
  const event = { type: 'alert.opened', alert } as const;
  return { id: newId(nowMs), channel, event, createdAtMs: nowMs, attempts: 0, nextAttemptAtMs: nowMs };
}
