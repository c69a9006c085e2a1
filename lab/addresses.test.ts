import { expect, test } from 'vitest';
import { drawHosts, type HostCounts, listHosts, SERVICES } from './addresses.ts';
import { LAB_KINDS, labOf } from './lab-kind.ts';
import { createRandom } from './random.ts';
import { drawPaths } from './relay/paths.ts';

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);
const EVERYTHING: HostCounts = { clients: 9, attackers: 3, visitors: 8, targets: 100, services: SERVICES };

test.each(LAB_KINDS)('in lab %s machines inside share a /24 and those outside have public addresses', (kind) => {
  for (const seed of SEEDS) {
    const hosts = drawHosts(createRandom(seed), EVERYTHING, kind);
    const all = listHosts(hosts);
    expect(new Set(all.map(({ ip }) => ip)).size).toBe(5 + SERVICES.length + 120);
    const subnet = hosts.gateway.ip.replace(/1$/, '');
    expect(all.filter(({ ip, outside }) => ip.startsWith(subnet) === outside)).toEqual([]);
    for (const { ip } of all.filter(({ outside }) => outside)) expect(isReserved(ip), ip).toBe(false);
  }
});

test('only machines that a plan asks for are there, and attackers are inside unless it says otherwise', () => {
  const roles = (counts: HostCounts) => listHosts(drawHosts(createRandom(1), counts)).map(({ role }) => role);
  const core = ['gateway', 'web', 'app', 'dns', 'monitor'];
  expect(roles({ clients: 0, attackers: 0 })).toEqual(core);
  expect(roles({ clients: 0, attackers: 0, services: ['queue'] })).toEqual([...core, 'queue']);

  const attacker = (where: Pick<HostCounts, 'attackersOutside'>) =>
    drawHosts(createRandom(1), { clients: 0, attackers: 1, ...where }).attackers[0];
  expect([attacker({}).outside, attacker({ attackersOutside: true }).outside]).toEqual([false, true]);
});

test('one more machine outside or one more service moves no machine inside', () => {
  const one = drawHosts(createRandom(1), { clients: 2, attackers: 1 });
  const other = drawHosts(createRandom(1), { clients: 2, attackers: 1, visitors: 3, services: SERVICES });
  expect(other.clients).toEqual(one.clients);
  expect(other.attackers).toEqual(one.attackers);
});

test('the two labs have no address block in common', () => {
  const blocks = LAB_KINDS.map((kind) =>
    SEEDS.map((seed) => drawHosts(createRandom(seed), EVERYTHING, kind)).flatMap(({ gateway, remote }) => [
      gateway.ip.split('.')[0],
      remote.ip.split('.')[0],
    ]),
  );
  expect(blocks[0].filter((block) => blocks[1].includes(block))).toEqual([]);
  expect([labOf(1), labOf(99), labOf(100), labOf(110)]).toEqual(['a', 'a', 'b', 'b']);
});

test('every machine outside has a path of its own, and nobody inside has', () => {
  for (const kind of LAB_KINDS) {
    for (const seed of SEEDS) {
      const hosts = drawHosts(createRandom(seed), EVERYTHING, kind);
      const paths = drawPaths(createRandom(seed), hosts, kind);
      expect(paths.map(({ ip }) => ip)).toEqual([hosts.remote, ...hosts.visitors].map(({ ip }) => ip));
      for (const { oneWayMs, loss } of paths) {
        expect(oneWayMs * 2).toBeGreaterThanOrEqual(5);
        expect(oneWayMs * 2).toBeLessThanOrEqual(150);
        expect(loss).toBeLessThanOrEqual(0.02);
      }
    }
  }
});

/** Blocks of RFC 6890 that a drawn first octet could meet, and everything from multicast on. */
function isReserved(ip: string): boolean {
  const [first, second] = ip.split('.').map(Number);
  if ([0, 10, 127].includes(first) || first >= 224) return true;
  if (first === 172 && second >= 16 && second <= 31) return true;
  if (first === 100 && second >= 64 && second <= 127) return true;
  return [192, 198, 203].includes(first) || (first === 169 && second === 254);
}
