import type { Family } from '#core/family.ts';
import type { Verdict } from '#core/verdict.ts';
import type { LabRun } from './dataset.ts';
import { silentLog } from '#core/log.ts';
import { DetectionConfig } from '#detection/config.ts';
import { createDetector } from '#detection/detector.ts';
import { FEATURE_CONTRACT } from '#features/contract.ts';
import { runPacketFile } from '#roles/packet-path.ts';
import { REPEATABLE } from './dataset.ts';

/** How the model did on one run. */
export interface RunResult {
  readonly run: string;
  readonly scenario: string;
  readonly seconds: number;
  /** Null for an ordinary run. */
  readonly family: Family | null;
  /** A verdict of the right family named an attacker or a victim. */
  readonly found: boolean;
  /** From the first malicious packet to that verdict, seconds of packet time; null if not found. */
  readonly delayS: number | null;
  /** Verdicts that name somebody else, or the wrong family: the entity and what it was called. */
  readonly falseAlarms: readonly string[];
}

/** Runs the whole path, as it serves, over one run's capture. */
export async function evaluateRun(run: LabRun, modelDir: string): Promise<RunResult> {
  const { truth } = run;
  const verdicts = await verdictsOf(run.capture, modelDir);
  const right = verdicts.filter((verdict) => isRight(verdict, run));
  const wrong = verdicts.filter((verdict) => !isRight(verdict, run));
  const startUs = Math.min(...truth.attacks.map((attack) => attack.startUs));
  const first = Math.min(...right.map(({ atUs }) => atUs));

  return {
    run: run.name,
    scenario: truth.scenario,
    seconds: (truth.endUs - truth.startUs) / 1e6,
    family: truth.attacks[0]?.family ?? null,
    found: right.length > 0,
    delayS: right.length > 0 ? (first - startUs) / 1e6 : null,
    falseAlarms: [
      ...new Set(wrong.map(({ entity, family }) => `${family} ${entity.side} ${entity.ip}:${entity.port ?? '*'}`)),
    ],
  };
}

async function verdictsOf(path: string, modelDir: string): Promise<Verdict[]> {
  const settings = DetectionConfig.parse({ modelDir });
  const detector = await createDetector({ modelDir, contract: FEATURE_CONTRACT, settings, log: silentLog });
  try {
    const pending: Promise<Verdict[]>[] = [];
    runPacketFile({
      path,
      expiry: 'live',
      settings: REPEATABLE,
      onBatch: (batch) => pending.push(detector.observe(batch)),
    });
    pending.push(detector.finish());
    return (await Promise.all(pending)).flat();
  } finally {
    await detector.close();
  }
}

/** The right family, on an attacker or a victim; with invented sources, on any client that is no host of the lab. */
function isRight({ entity, family }: Verdict, { truth }: LabRun): boolean {
  return truth.attacks.some((attack) => {
    if (attack.family !== family) return false;
    if (entity.side === 'server') {
      return attack.victims.some(({ ip, port }) => ip === entity.ip && (port === null || port === entity.port));
    }
    const invented = attack.fiveTuples.some(({ src }) => src === null);
    return attack.attackers.includes(entity.ip) || (invented && !truth.hosts.some(({ ip }) => ip === entity.ip));
  });
}
