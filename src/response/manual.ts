import type { Decision, IngressRef, RateLimit } from '#core/decision.ts';
import { parseDuration } from '#core/duration.ts';
import { KubeSecureError } from '#core/error.ts';
import { newId } from '#core/id.ts';
import { activeOn, isActive, requireApi } from './active-decisions.ts';
import { MAX_TTL_MS, MIN_TTL_MS } from './config.ts';
import type { ResponseContext } from './context.ts';
import { newDecision, plan } from './decide.ts';
import { enforce } from './enforce.ts';
import { record } from './journal.ts';
import { assertLimit } from './limit.ts';
import { PROVIDERS } from './providers/providers.ts';
import type { Serial } from './serial.ts';
import { endSimulated } from './simulate.ts';
import { undo } from './undo.ts';
import { planDecision } from './write-plan.ts';

export interface ManualApply {
  readonly ref: IngressRef;
  readonly limit: RateLimit;
  /** How long it holds, milliseconds, 10 s to 24 h; null takes the configured time. */
  readonly ttlMs: number | null;
  readonly dryRun: boolean;
  /** The person's name. */
  readonly actor: string;
}

/** What came of a person's word, and what that person should know, one sentence each. */
export interface ManualOutcome<D> {
  readonly decision: D;
  readonly notes: readonly string[];
}

/** The limits on an Ingress now. */
export interface LimitsInForce {
  readonly annotations: Readonly<Record<string, string>>;
  /** Names of the field managers that own each of them. */
  readonly owners: Readonly<Record<string, readonly string[]>>;
  /** Our decision that acts on it, or null. */
  readonly decision: Decision | null;
}

/** What a person may ask for. Errors are `bad-input`, `not-found`, `forbidden`, `conflict` and `unavailable`. */
export interface ManualLimits {
  /**
   * Limits an Ingress, whatever `response.mode` says, in place of a decision that acts on it. The API server is asked
   * first whether it would take the change: if it would not, this throws and nothing is stored.
   */
  apply(request: ManualApply): Promise<ManualOutcome<Decision>>;
  /** Undoes what acts on the Ingress; the decision is null where nothing does. */
  revert(request: { readonly ref: IngressRef; readonly actor: string }): Promise<ManualOutcome<Decision | null>>;
  check(ref: IngressRef): Promise<LimitsInForce>;
}

export function createManualLimits(context: ResponseContext, serial: Serial): ManualLimits {
  const { store, settings } = context;

  async function apply(request: ManualApply): Promise<ManualOutcome<Decision>> {
    const { ref, limit, dryRun, actor } = request;
    const doing = `limiting ingress ${ref.namespace}/${ref.name}`;
    assertLimit(limit, doing);
    const ttlMs = request.ttlMs ?? parseDuration(settings.manualTtl);
    assertTtl(ttlMs, doing);
    if (settings.never.includes(ref.namespace)) {
      throw new KubeSecureError('forbidden', `while ${doing}: namespace ${ref.namespace} is in response.never`);
    }

    const api = requireApi(context, doing);
    const snapshot = await api.read(ref);
    const decision = newDecision(context, {
      id: newId(context.clock.now()),
      alertId: null,
      family: null,
      origin: actor,
      target: ref,
      victim: `ingress ${ref.namespace}/${ref.name}`,
      limit,
      dryRun,
      ttlMs,
    });
    const proposal = planDecision(decision, snapshot, await activeOn(store, ref));
    const { written = {}, previous = [], notes = [] } = proposal ?? {};
    await api.applyAnnotations(ref, written, { dryRun: true });
    if (dryRun) {
      const simulated = await endSimulated(context, { ...decision, written, previous }, notes.join('; '));
      return { decision: simulated, notes };
    }
    const applied = await enforce(context, { ...(await plan(context, decision)), target: ref });
    return { decision: applied, notes: applied.state === 'applied' ? notes : [...notes, unfinished(applied)] };
  }

  async function revert(request: {
    readonly ref: IngressRef;
    readonly actor: string;
  }): Promise<ManualOutcome<Decision | null>> {
    const { ref, actor } = request;
    const standing = await activeOn(store, ref);
    let newest: Decision | null = null;
    for (const decision of standing) {
      const step = { actor, action: 'revert-asked', detail: 'asked to end before its time', notify: false };
      const asked = await record(context, { ...decision, revertAskedBy: actor }, step);
      const ended = await undo(context, asked);
      newest ??= ended;
    }
    if (newest === null) {
      await requireApi(context, `reverting ingress ${ref.namespace}/${ref.name}`).read(ref);
      return { decision: null, notes: [`nothing of KubeSecure is in force on ingress ${ref.namespace}/${ref.name}`] };
    }
    const notes = newest.reason === '' ? [] : [newest.reason];
    return { decision: newest, notes: isActive(newest) ? [unfinished(newest)] : notes };
  }

  return {
    apply: (request) => serial.run(request.ref, () => apply(request)),
    revert: (request) => serial.run(request.ref, () => revert(request)),

    async check(ref) {
      const snapshot = await requireApi(context, `reading ingress ${ref.namespace}/${ref.name}`).read(ref);
      const keys = Object.values(PROVIDERS).flatMap((provider) => provider.keys);
      const present = keys.filter((key) => key in snapshot.annotations);
      return {
        annotations: Object.fromEntries(present.map((key) => [key, snapshot.annotations[key] ?? ''])),
        owners: Object.fromEntries(
          present.map((key) => [key, (snapshot.owners[key] ?? []).map(({ manager }) => manager)]),
        ),
        decision: (await activeOn(store, ref))[0] ?? null,
      };
    },
  };
}

function assertTtl(ttlMs: number, doing: string): void {
  if (Number.isFinite(ttlMs) && ttlMs >= MIN_TTL_MS && ttlMs <= MAX_TTL_MS) return;
  throw new KubeSecureError('bad-input', `while ${doing}: the time must be from 10 s to 24 h, not ${ttlMs / 1000} s`);
}

function unfinished(decision: Decision): string {
  return `not done yet, tried again at ${decision.nextAttemptAt ?? 'once'}: ${decision.reason}`;
}
