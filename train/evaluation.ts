/** What the whole line from flow reports to alerts makes of one capture, held against the truth. */
import type { Family } from '#core/family.ts';
import type { FeatureBatch } from '#core/feature-batch.ts';
import type { Verdict } from '#core/verdict.ts';
import { silentLog } from '#core/log.ts';
import { alertOf } from '#alerts/alert-record.ts';
import type { Attack } from '#alerts/attack.ts';
import { AlertsConfig } from '#alerts/config.ts';
import { createGrouping } from '#alerts/grouping.ts';
import { DetectionConfig } from '#detection/config.ts';
import { createDetector } from '#detection/detector.ts';
import type { EntityWindow } from '#detection/entity-windows.ts';
import type { Judgement } from '#detection/judge.ts';
import type { Model } from '#detection/model.ts';
import type { Truth, TruthAttack } from '../lab/truth.ts';
import { labelOf } from './examples.ts';
import type { RowTruth, TruthOfRow } from './truth-of-capture.ts';

/** A capture to be judged, with what really happened in it. */
export interface Judgeable {
  readonly batches: Iterable<FeatureBatch>;
  readonly truthOfRow: TruthOfRow;
  readonly attacks: readonly TruthAttack[];
  readonly hosts: Truth['hosts'];
}

/** How one attack fared. */
export interface AttackResult {
  readonly family: Family;
  readonly found: boolean;
  /** The families of the alerts that were about it; one is as it should be. */
  readonly alerts: readonly Family[];
  /** From the first malicious packet to the first alert, seconds of packet time; null if never found. */
  readonly delayS: number | null;
}

export interface CaptureResult {
  readonly attacks: readonly AttackResult[];
  /** Alerts about ordinary traffic: the family and the entity. */
  readonly falseAlerts: readonly string[];
  readonly windows: readonly JudgedWindow[];
}

/** One judged window whose truth is plain. */
export interface JudgedWindow extends Pick<Judgement, 'class' | 'score' | 'distance' | 'odds'> {
  readonly family: Family | null;
}

/** An alert may be raised on what led up to an attack, but not long before. */
const EARLY_US = 2e6;

/** Runs detection and grouping, as they serve, over the capture. */
export async function evaluateCapture(
  capture: Judgeable,
  model: Model,
  settings: DetectionConfig = DetectionConfig.parse({}),
): Promise<CaptureResult> {
  const truths: RowTruth[] = [];
  const windows: JudgedWindow[] = [];
  const onJudgement = ({ class: entityClass, score, distance, odds }: Judgement, window: EntityWindow) => {
    const family = labelOf(
      window,
      Array.from(window.ordinals.subarray(0, window.reports), (ordinal) => truths[ordinal]),
    );
    if (family !== 'ambiguous') windows.push({ class: entityClass, score, distance, odds, family });
  };
  const detector = createDetector({
    model: { ...model, close: () => Promise.resolve() },
    settings,
    log: silentLog,
    seed: 1,
    onJudgement,
  });
  const alerts = createAlerts();
  for (const batch of capture.batches) {
    for (let row = 0; row < batch.count; row++) truths.push(capture.truthOfRow(batch, row));
    alerts.accept(await detector.observe(batch));
  }
  alerts.accept(await detector.finish());
  return { ...matchAlerts(alerts.attacks, capture), windows };
}

function createAlerts() {
  let count = 0;
  const grouping = createGrouping(AlertsConfig.parse({}), () => String(count++));
  const attacks = new Map<string, Attack>();
  return {
    attacks,
    accept(verdicts: readonly Verdict[]) {
      for (const verdict of verdicts) {
        const change = grouping.accept(verdict);
        if (change !== null) attacks.set(change.attack.id, change.attack);
      }
    },
  };
}

function matchAlerts(
  raised: ReadonlyMap<string, Attack>,
  { attacks, hosts }: Judgeable,
): Pick<CaptureResult, 'attacks' | 'falseAlerts'> {
  const about = attacks.map((attack) => [...raised.values()].filter((alert) => isAbout(alert, attack, hosts)));
  const matched = new Set(about.flat());
  return {
    attacks: attacks.map(({ family, startUs }, i) => ({
      family,
      found: about[i].length > 0,
      alerts: about[i].map((alert) => alert.family),
      delayS: about[i].length > 0 ? (Math.min(...about[i].map(({ openedUs }) => openedUs)) - startUs) / 1e6 : null,
    })),
    falseAlerts: [...raised.values()].filter((alert) => !matched.has(alert)).map(describe),
  };
}

/** Whether the alert names an attacker or a victim, in the attack's time; an invented source is no machine of the lab. */
function isAbout(alert: Attack, attack: TruthAttack, hosts: Truth['hosts']): boolean {
  if (alert.openedUs < attack.startUs - EARLY_US) return false;
  const parties = new Set([...attack.attackers, ...attack.victims.map(({ ip }) => ip)]);
  const invented = attack.fiveTuples.some(({ src }) => src === null);
  const isParty = (ip: string) => parties.has(ip) || (invented && !hosts.some((host) => host.ip === ip));
  const { entity, peers } = recordOf(alert);
  if (!isParty(entity.ip)) return false;
  // A victim is asked by others as well: somebody on the other side must belong to it, too.
  return peers.length === 0 || peers.some(({ ip }) => isParty(ip));
}

function describe(alert: Attack): string {
  const { entity, peers } = recordOf(alert);
  const [peer] = peers;
  return `${alert.family} ${entity.side} ${entity.ip}:${entity.port ?? '*'} with ${peer?.ip ?? '-'}:${peer?.port ?? '*'}`;
}

function recordOf(alert: Attack) {
  return alertOf(alert, {
    status: 'open',
    timestamp: new Date(0).toISOString(),
    toWallMs: (us) => us / 1000,
    workloadOf: () => null,
  });
}
