import * as fc from 'fast-check';
import { expect } from 'vitest';
import { MULTIPLIER, ownership, RPM, RPS } from '../../test/rigs/api-rig.ts';
import { createResponderRig, flood, leadingTo, type ResponderRig } from '../../test/rigs/responder-rig.ts';
import type { Responder } from './responder.ts';
import { useApiServer } from '../../test/rigs/api-server.ts';

/** More of them, or others: KUBESECURE_TEST_RUNS=500 KUBESECURE_TEST_SEED=7. */
const RUNS = Number(process.env['KUBESECURE_TEST_RUNS'] ?? 40);
const SEED = Number(process.env['KUBESECURE_TEST_SEED'] ?? 1);

const server = await useApiServer('random-lives');
const { test } = server;

type Step =
  | { readonly type: 'alert' | 'revert' | 'restart' }
  | { readonly type: 'limit'; readonly rps: number | null; readonly rpm: number | null; readonly burst: number | null }
  | { readonly type: 'wait'; readonly seconds: number }
  | { readonly type: 'annotate'; readonly key: string; readonly value: string | null }
  | { readonly type: 'helm'; readonly value: string };

// People's values are never ours: a person who sets the very value that stands there changes nothing, not even whose it
// is, so nobody could tell.
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constantFrom('alert' as const, 'revert' as const, 'restart' as const) }),
  fc.record({
    type: fc.constant('limit' as const),
    rps: fc.integer({ min: 1, max: 20 }),
    rpm: fc.constant(null),
    burst: fc.option(fc.integer({ min: 1, max: 40 })),
  }),
  fc.record({
    type: fc.constant('limit' as const),
    rps: fc.constant(null),
    rpm: fc.integer({ min: 100, max: 300 }),
    burst: fc.option(fc.integer({ min: 1, max: 900 })),
  }),
  fc.record({ type: fc.constant('wait' as const), seconds: fc.constantFrom(1, 30, 400) }),
  fc.record({
    type: fc.constant('annotate' as const),
    key: fc.constantFrom(RPS, RPM, MULTIPLIER, 'note'),
    value: fc.option(fc.integer({ min: 1000, max: 1003 }).map(String)),
  }),
  fc.record({ type: fc.constant('helm' as const), value: fc.integer({ min: 1000, max: 1003 }).map(String) }),
);

let lives = 0;

/** Does the steps on an Ingress that we act on, and the people's steps on its twin that we never touch. */
async function live(steps: readonly Step[]): Promise<{ acted: string; twin: string; rigged: ResponderRig }> {
  const [acted, twin] = [`life-${++lives}`, `twin-${lives}`];
  for (const namespace of [acted, twin]) {
    await server.rig.createNamespace(namespace);
    await server.rig.createIngress(namespace);
  }
  const rigged = createResponderRig(server.rig.api);
  const settings = leadingTo(acted);
  let response = rigged.responder({ settings });
  for (const [index, current] of steps.entries()) {
    rigged.clock.advance(10);
    if (current.type === 'restart') response = rigged.responder({ settings });
    await actOn(acted, response, rigged, current, index);
    for (const namespace of [acted, twin]) await people(namespace, current);
  }
  rigged.clock.advance(86_400_000);
  await response.tick();
  return { acted, twin, rigged };
}

async function actOn(
  namespace: string,
  response: Responder,
  { clock }: ResponderRig,
  current: Step,
  index: number,
): Promise<void> {
  const ref = { namespace, name: 'web' };
  if (current.type === 'alert') await response.onAlert(flood(clock, { id: `alert-${index}` }));
  if (current.type === 'revert') await response.revert({ ref, actor: 'ada' });
  if (current.type === 'restart') await response.reconcile();
  if (current.type === 'limit') {
    const { rps, rpm, burst } = current;
    await response.apply({
      ref,
      limit: { rps, rpm, burst, connections: null },
      ttlMs: 60_000,
      dryRun: false,
      actor: 'ada',
    });
  }
  if (current.type === 'wait') clock.advance(current.seconds * 1_000);
  await response.tick();
}

async function people(namespace: string, current: Step): Promise<void> {
  if (current.type === 'annotate') await server.rig.annotate(namespace, { [current.key]: current.value });
  if (current.type === 'helm')
    await server.rig.applyIngress(namespace, { [RPS]: current.value, team: 'shop' }, 'helm', true);
}

test('whatever people, rules and restarts do, in the end an Ingress is what it would be without us', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), async (steps) => {
    const { acted, twin, rigged } = await live(steps);
    const [ours, theirs] = [await server.rig.readIngress(acted), await server.rig.readIngress(twin)];
    expect(ours.metadata.annotations).toEqual(theirs.metadata.annotations);
    expect(ours['spec']).toEqual(theirs['spec']);
    expect(ownership(ours).join()).not.toContain('kubesecure');
    const open = await rigged.store.listDecisions({ states: ['planned', 'applied', 'failed'], limit: 10 });
    expect(open).toEqual([]);
    await rigged.store.close();
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
});
