import { expect } from 'vitest';
import {
  CONNECTIONS,
  MULTIPLIER,
  ownership,
  RPM,
  RPS,
  type RawObject,
  withoutBookkeeping,
} from '../../test/rigs/api-rig.ts';
import { createResponderRig, flood, leadingTo } from '../../test/rigs/responder-rig.ts';
import { useApiServer } from '../../test/rigs/api-server.ts';

const server = await useApiServer('undo');
const { test } = server;

const TEN_MINUTES_MS = 600_000;
const FOREIGN = { 'example.com/team': 'shop', note: 'mine' };

let made = 0;
async function namespace(): Promise<string> {
  const name = `undo-${++made}`;
  await server.rig.createNamespace(name);
  return name;
}

function expectNoTrace(after: RawObject, before: RawObject): void {
  expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));
  expect(ownership(after)).toEqual(ownership(before));
  expect(ownership(after).join()).not.toContain('kubesecure');
}

const ORIGINS: [string, (namespace: string) => Promise<RawObject>][] = [
  ['created with a limit', (name) => server.rig.createIngress(name, { [RPS]: '50', ...FOREIGN })],
  ['applied with a limit by Helm', (name) => server.rig.applyIngress(name, { [RPS]: '50', ...FOREIGN }, 'helm')],
  [
    'annotated with a limit later',
    async (name) => {
      await server.rig.createIngress(name);
      return server.rig.annotate(name, { [RPS]: '50' });
    },
  ],
  [
    'with limits of several owners',
    async (name) => {
      await server.rig.applyIngress(name, { [RPS]: '50', ...FOREIGN }, 'helm');
      return server.rig.annotate(name, { [MULTIPLIER]: '9', [CONNECTIONS]: '100', [RPM]: '5000' });
    },
  ],
  ['created with foreign annotations only', (name) => server.rig.createIngress(name, FOREIGN)],
  ['created without annotations', (name) => server.rig.createIngress(name)],
];

test.each(ORIGINS)('an Ingress %s is exactly what it was when the time is up', async (_how, create) => {
  const name = await namespace();
  const before = await create(name);
  const { responder, clock, audit } = createResponderRig(server.rig.api);
  const response = responder({ settings: leadingTo(name) });

  const [applied] = await response.onAlert(flood(clock));
  const limited = await server.rig.readIngress(name);
  clock.advance(TEN_MINUTES_MS - 1);
  await response.tick();
  const almost = await server.rig.readIngress(name);
  clock.advance(1);
  await response.tick();

  expect(applied).toMatchObject({ state: 'applied', target: { namespace: name, name: 'web' } });
  expect(limited.metadata.annotations).toMatchObject({ [RPS]: '10', [MULTIPLIER]: '2' });
  expect(almost).toEqual(limited);
  expectNoTrace(await server.rig.readIngress(name), before);
  const steps = (await audit('alert-1.0')).map((line) => line.split(':')[0]);
  expect(steps).toEqual(['decision.planned', 'decision.writing', 'decision.applied', 'decision.expired']);
  const reasons = (await server.rig.eventsOf(name)).map(({ reason }) => reason);
  expect(reasons.toSorted()).toEqual(['RateLimitApplied', 'RateLimitExpired']);
});

test('the former owner may apply a new value again after the end, without a conflict', async () => {
  const name = await namespace();
  await server.rig.applyIngress(name, { [RPS]: '50' }, 'helm');
  const { responder, clock } = createResponderRig(server.rig.api);
  const response = responder({ settings: leadingTo(name) });

  await response.onAlert(flood(clock));
  await expect(server.rig.applyIngress(name, { [RPS]: '60' }, 'helm')).rejects.toMatchObject({ code: 'conflict' });
  await response.revert({ ref: { namespace: name, name: 'web' }, actor: 'ada' });
  const after = await server.rig.applyIngress(name, { [RPS]: '60' }, 'helm');

  expect(after.metadata.annotations).toEqual({ [RPS]: '60' });
  expect(ownership(after)).toHaveLength(1);
});

test('a person’s edit in between stays, the rest of ours goes, and the audit says whose it is', async () => {
  const name = await namespace();
  await server.rig.createIngress(name, { [RPS]: '50', ...FOREIGN });
  const { responder, clock, audit, store } = createResponderRig(server.rig.api);
  const response = responder({ settings: leadingTo(name) });
  await response.onAlert(flood(clock));

  await server.rig.annotate(name, { [RPS]: '70' }, 'kubectl-edit');
  clock.advance(TEN_MINUTES_MS);
  await response.tick();

  const after = await server.rig.readIngress(name);
  expect(after.metadata.annotations).toEqual({ [RPS]: '70', ...FOREIGN });
  expect(ownership(after).join()).not.toContain('kubesecure');
  expect((await audit('alert-1.0')).at(-1)).toBe(
    'decision.expired: left alone: limit-rps was set to "70" by kubectl-edit',
  );
  expect((await store.getDecision('alert-1.0'))?.state).toBe('expired');
});

test('a person who removes the limit in between does not get the former one back', async () => {
  const name = await namespace();
  await server.rig.createIngress(name, { [RPS]: '50' });
  const { responder, clock, audit } = createResponderRig(server.rig.api);
  const response = responder({ settings: leadingTo(name) });
  await response.onAlert(flood(clock));

  await server.rig.annotate(name, { [RPS]: null, [MULTIPLIER]: null });
  const edited = await server.rig.readIngress(name);
  clock.advance(TEN_MINUTES_MS);
  await response.tick();

  expect(await server.rig.readIngress(name)).toEqual(edited);
  expect((await audit('alert-1.0')).at(-1)).toBe('decision.expired: left alone: limit-rps was removed');
});

test('a person who takes over our very value keeps it', async () => {
  const name = await namespace();
  await server.rig.createIngress(name, { [RPS]: '50' });
  const { responder, clock } = createResponderRig(server.rig.api);
  const response = responder({ settings: leadingTo(name) });
  await response.onAlert(flood(clock));

  await server.rig.applyIngress(name, { [RPS]: '10' }, 'helm');
  clock.advance(TEN_MINUTES_MS);
  await response.tick();

  const after = await server.rig.readIngress(name);
  expect(after.metadata.annotations).toEqual({ [RPS]: '10' });
  expect(ownership(after).join()).not.toContain('kubesecure');
});

test('an Ingress that was deleted in between ends the decision with the reason', async () => {
  const name = await namespace();
  await server.rig.createIngress(name);
  const { responder, clock, store } = createResponderRig(server.rig.api);
  const response = responder({ settings: leadingTo(name) });
  await response.onAlert(flood(clock));

  await server.rig.deleteIngress(name);
  clock.advance(TEN_MINUTES_MS);
  await response.tick();

  expect(await store.getDecision('alert-1.0')).toMatchObject({
    state: 'expired',
    reason: 'the Ingress is gone, nothing to put back',
  });
});

test('an Ingress that was made anew in between is not touched', async () => {
  const name = await namespace();
  await server.rig.createIngress(name, { [RPS]: '50' });
  const { responder, clock, store } = createResponderRig(server.rig.api);
  const response = responder({ settings: leadingTo(name) });
  await response.onAlert(flood(clock));

  await server.rig.deleteIngress(name);
  const anew = await server.rig.createIngress(name, { [RPS]: '80' });
  clock.advance(TEN_MINUTES_MS);
  await response.tick();

  expect(await server.rig.readIngress(name)).toEqual(anew);
  expect((await store.getDecision('alert-1.0'))?.reason).toContain('limit-rps was set to "80"');
});
