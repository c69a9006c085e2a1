import { expect, test } from 'vitest';
import { familyOf, type FlowKey, Truth } from './truth.ts';

const START_US = 1_700_000_000_000_000;

const truth = Truth.parse({
  version: 2,
  scenario: 'mixed',
  family: 'http-flood',
  seed: 1,
  lab: 'a',
  parameters: {},
  startUs: START_US,
  endUs: START_US + 60e6,
  capture: { packets: 100, droppedByKernel: 0, snaplen: 128 },
  hosts: [
    { role: 'web', ip: '10.0.0.10', outside: false },
    { role: 'client1', ip: '10.0.0.20', outside: false },
    { role: 'attacker1', ip: '10.0.0.30', outside: false },
  ],
  attacks: [
    {
      family: 'http-flood',
      startUs: START_US + 10e6,
      endUs: START_US + 15e6,
      packets: 10,
      attackers: ['10.0.0.30'],
      victims: [{ ip: '10.0.0.10', port: 80 }],
      fiveTuples: [{ src: '10.0.0.30', srcPort: null, dst: '10.0.0.10', dstPort: 80, protocol: 6 }],
    },
    {
      family: 'syn-flood',
      startUs: START_US + 20e6,
      endUs: START_US + 25e6,
      packets: 10,
      attackers: [],
      victims: [{ ip: '10.0.0.10', port: 443 }],
      fiveTuples: [{ src: null, srcPort: null, dst: '10.0.0.10', dstPort: 443, protocol: 6 }],
    },
    {
      family: 'port-scan',
      startUs: START_US + 30e6,
      endUs: START_US + 31e6,
      packets: 10,
      attackers: ['10.0.0.30'],
      victims: [{ ip: '10.0.0.10', port: null }],
      fiveTuples: [{ src: '10.0.0.30', srcPort: 4444, dst: '10.0.0.10', dstPort: null, protocol: 6 }],
    },
  ],
});

function flow(change: Partial<FlowKey> & { atSeconds: number }): FlowKey {
  const { atSeconds, ...rest } = change;
  const usual = { clientIp: '10.0.0.30', clientPort: 50_000, serverIp: '10.0.0.10', serverPort: 80, protocol: 6 };
  return { ...usual, ...rest, startUs: START_US + atSeconds * 1e6 };
}

test('a flow of the attacker to the victim within the attack has its family', () => {
  expect(familyOf(truth, flow({ atSeconds: 12 }))).toBe('http-flood');
});

test.each([
  ['before the attack', flow({ atSeconds: 9 })],
  ['long after the attack', flow({ atSeconds: 17 })],
  ['from another client', flow({ atSeconds: 12, clientIp: '10.0.0.20' })],
  ['to another port', flow({ atSeconds: 12, serverPort: 8080 })],
  ['of another protocol', flow({ atSeconds: 12, protocol: 17 })],
])('a flow %s is ordinary', (_name, ordinary) => {
  expect(familyOf(truth, ordinary)).toBeNull();
});

test('invented sources are those that are no host of the lab', () => {
  const toTls = { atSeconds: 22, serverPort: 443 };
  expect(familyOf(truth, flow({ ...toTls, clientIp: '203.0.113.9' }))).toBe('syn-flood');
  expect(familyOf(truth, flow({ ...toTls, clientIp: '10.0.0.20' }))).toBeNull();
});

test('a scan is known by its source port, whatever it aims at', () => {
  expect(familyOf(truth, flow({ atSeconds: 30.5, clientPort: 4444, serverPort: 31_337 }))).toBe('port-scan');
  expect(familyOf(truth, flow({ atSeconds: 30.5, clientPort: 4445, serverPort: 31_337 }))).toBeNull();
});

test('a late answer of the victim that opens a flow the other way round belongs to the attack', () => {
  const answer = { clientIp: '10.0.0.10', clientPort: 443, serverIp: '203.0.113.9', serverPort: 1_234 };
  expect(familyOf(truth, flow({ ...answer, atSeconds: 55 }))).toBe('syn-flood');
  expect(familyOf(truth, flow({ ...answer, atSeconds: 15 }))).toBeNull();
});
