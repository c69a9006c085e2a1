import { expect, test } from 'vitest';
import { drawHosts, listHosts } from '../addresses.ts';
import { createRandom } from '../random.ts';
import type { Plan } from '../scenario.ts';
import { SCENARIOS } from './list.ts';

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);
const each = test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const));

/** Everything of a plan that can be compared: what it does is in functions, when and with what is not. */
function shapeOf(plan: Plan): unknown {
  const times = [...plan.activities, ...plan.attacks].map(({ startMs, endMs }) => [startMs, endMs]);
  return { ...plan, activities: times, attacks: plan.attacks.map((attack) => attack.family) };
}

each('%s draws the same plan from the same seed and others from other seeds', (_name, scenario) => {
  const draw = (seed: number) => shapeOf(scenario.plan(createRandom(seed), { quick: false }));
  expect(draw(4)).toEqual(draw(4));
  expect(new Set(SEEDS.map((seed) => JSON.stringify(draw(seed)))).size).toBe(SEEDS.length);
});

/** A beacon needs its thirteen periods of up to 45 s. */
const mostMs = (name: string) => (name === 'beacon' ? 620_000 : 100_000);

each('%s keeps every activity within its run, which is of ten seconds when quick', (name, scenario) => {
  for (const seed of SEEDS) {
    const quick = seed % 2 === 0;
    const plan = scenario.plan(createRandom(seed), { quick });
    expect(plan.durationMs).toBeLessThanOrEqual(quick ? 10_000 : mostMs(name));
    for (const { startMs, endMs } of [...plan.activities, ...plan.attacks]) {
      expect(startMs).toBeGreaterThanOrEqual(0);
      expect(endMs).toBeGreaterThan(startMs);
      expect(endMs).toBeLessThanOrEqual(plan.durationMs);
    }
  }
});

each('%s has attacks of its own family only, with ordinary seconds before and after', (_name, scenario) => {
  for (const seed of SEEDS) {
    const plan = scenario.plan(createRandom(seed), { quick: seed % 2 === 0 });
    if (scenario.family === 'benign') expect(plan.attacks).toEqual([]);
    else expect(plan.attacks.length).toBeGreaterThan(0);
    for (const attack of plan.attacks) {
      expect(attack.family).toBe(scenario.family);
      expect(attack.startMs).toBeGreaterThanOrEqual(3_000);
      expect(attack.endMs).toBeLessThanOrEqual(plan.durationMs - 3_000);
    }
  }
});

each('%s aims at the lab or at reserved addresses only, for at most a minute', (name, scenario) => {
  for (const seed of SEEDS) {
    const plan = scenario.plan(createRandom(seed), { quick: false });
    const hosts = drawHosts(createRandom(seed), plan);
    const own = new Set(listHosts(hosts).map((host) => host.ip));
    const subnet = hosts.gateway.ip.replace(/1$/, '');
    const isOurs = (ip: string) => own.has(ip) || ip.startsWith('198.18.') || ip.startsWith(subnet);
    for (const attack of plan.attacks) {
      const { victims } = attack.footprint(hosts);
      expect(victims.filter(({ ip }) => !isOurs(ip))).toEqual([]);
      expect(attack.endMs - attack.startMs).toBeLessThanOrEqual(name === 'beacon' ? 13 * 45_000 : 60_000);
    }
  }
});

each('%s has its attackers where the plan says, and whatever they aim at is there', (_name, scenario) => {
  for (const seed of SEEDS) {
    const plan = scenario.plan(createRandom(seed), { quick: false });
    const hosts = drawHosts(createRandom(seed), plan);
    expect(hosts.attackers.map((host) => host.outside)).toEqual(
      hosts.attackers.map(() => plan.attackersOutside ?? false),
    );
    const there = new Set(listHosts(hosts));
    const roles = ['database', 'cache', 'bastion', 'remote'] as const;
    const absent = roles.map((role) => hosts[role]).filter((host) => !there.has(host));
    const aimedAt = plan.attacks.flatMap((attack) => attack.footprint(hosts).victims.map(({ ip }) => ip));
    if (scenario.family !== 'host-sweep') expect(absent.filter(({ ip }) => aimedAt.includes(ip))).toEqual([]);
  }
});

test('addresses differ from run to run and are unique within one', () => {
  const subnets = new Set<string>();
  for (const seed of SEEDS) {
    const ips = listHosts(drawHosts(createRandom(seed), { clients: 30, attackers: 4 })).map((host) => host.ip);
    expect(new Set(ips).size).toBe(39);
    subnets.add(ips[0]);
  }
  expect(subnets.size).toBeGreaterThan(50);
});
