import { expect, test } from 'vitest';
import { placeHosts } from '../addresses.ts';
import { createRandom } from '../random.ts';
import { drawAccounts } from '../servers/accounts.ts';
import { packetFlood, type PacketFlood } from './packet-flood.ts';

const HOSTS = placeHosts('10.0.0', {
  gateway: 1,
  web: 10,
  app: 11,
  dns: 53,
  monitor: 90,
  clients: [],
  attackers: [201],
});
const WINDOW = { startMs: 1_000, endMs: 3_000 };
const SYN: PacketFlood = {
  family: 'syn-flood',
  attacker: 0,
  victim: 'web',
  port: 443,
  source: 'own',
  packetsPerSecond: 500,
  payloadBytes: 0,
};

async function commandOf(flood: PacketFlood): Promise<string> {
  let command = '';
  const run = (_host: unknown, argv: readonly string[]) => {
    command = argv.join(' ');
    return Promise.resolve(0);
  };
  const accounts = drawAccounts(createRandom(1));
  await packetFlood(flood, WINDOW).play(
    { kind: 'a', hosts: HOSTS, accounts, scratch: '', run },
    new AbortController().signal,
  );
  return command;
}

test('a flood is bounded by its count as well as by its window', async () => {
  expect(await commandOf(SYN)).toBe('hping3 --syn -q -n -c 1000 -i u2000 -p 443 10.0.0.10');
});

test('invented sources are asked of the tool and declared in the footprint', async () => {
  const fixed: PacketFlood = { ...SYN, source: { address: '198.19.0.1' } };
  expect(await commandOf(fixed)).toContain('-a 198.19.0.1');
  expect(packetFlood(fixed, WINDOW).footprint(HOSTS).attackers).toEqual(['198.19.0.1']);

  const random: PacketFlood = { ...SYN, source: 'random' };
  expect(await commandOf(random)).toContain('--rand-source');
  expect(packetFlood(random, WINDOW).footprint(HOSTS)).toEqual({
    attackers: [],
    victims: [{ ip: '10.0.0.10', port: 443 }],
    fiveTuples: [{ src: null, srcPort: null, dst: '10.0.0.10', dstPort: 443, protocol: 6 }],
  });
});

test('the ICMP refusals that a UDP flood provokes belong to it', () => {
  const flood = packetFlood({ ...SYN, family: 'udp-flood', payloadBytes: 16 }, WINDOW);
  const protocols = flood.footprint(HOSTS).fiveTuples.map((tuple) => [tuple.protocol, tuple.dstPort]);
  expect(protocols).toEqual([
    [17, 443],
    [1, null],
  ]);
});
