import { networkInterfaces } from 'node:os';

import { expect, test } from 'vitest';

import { planNetwork } from './network-namespace.ts';

test('planned networks have names the kernel takes and two addresses of one /30 in the test range', () => {
  for (let count = 0; count < 200; count += 1) {
    const { hostInterface, hostAddress, insideAddress } = planNetwork();
    expect(hostInterface.length).toBeLessThanOrEqual(15);
    const [host = [], inside = []] = [hostAddress, insideAddress].map((address) => address.split('.').map(Number));
    expect(host.slice(0, 3)).toEqual(inside.slice(0, 3));
    expect([18, 19]).toContain(host[1]);
    expect((host[3] ?? 0) % 4).toBe(1);
    expect(inside[3]).toBe((host[3] ?? 0) + 1);
  }
});

test('two planned networks do not share a name, nor an address with this machine', () => {
  const [first, second] = [planNetwork(), planNetwork()];
  expect(first.namespace).not.toBe(second.namespace);
  const ours = Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? []);
  expect(ours).not.toContain(first.hostAddress);
});
