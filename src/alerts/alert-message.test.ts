import { expect, test } from 'vitest';
import { messageFor } from './alert-message.ts';

const server = { side: 'server', ip: '10.77.0.10', port: 80, workload: null } as const;
const client = { side: 'client', ip: '10.77.0.66', port: null, workload: null } as const;
const attacker = { ip: '10.77.0.66', port: null, flows: 400 };
const rate = { feature: 'new flows/s over 1 s', value: 412.3, usual: 3 };
const unanswered = { feature: 'share of flows never established over 10 s', value: 0.981, usual: 0.004 };

const ratio = { feature: 'variation of the gaps between flows', value: 0.04, usual: 0.9 };
const sent = { feature: 'payload sent over 10 s', value: 4.2e6, usual: 12_000 };
const ports10 = { feature: 'distinct peer ports over 10 s', value: 266.2, usual: 1 };
const peers10 = { feature: 'distinct peers over 10 s', value: 254, usual: 1 };
const open = { feature: 'flows open at once', value: 612, usual: 4 };
const packets = { feature: 'packets/s over 1 s', value: 51_200, usual: 20 };
const outside = [{ ip: '203.0.113.5', port: 443, flows: 9 }];

test.each([
  {
    alert: { family: 'syn-flood', entity: { ...server, port: null }, peers: crowd(), reasons: [unanswered, rate] },
    message: 'SYN flood against 10.77.0.10 from 198.51.100.0 and 49 or more others: 412 new flows/s, usually 3',
  },
  {
    alert: {
      family: 'syn-flood',
      entity: { ...server, port: null, workload: 'shop/deployment/web' },
      peers: [attacker, { ip: '10.77.0.67', port: null, flows: 300 }],
      reasons: [unanswered],
    },
    message:
      'SYN flood against shop/deployment/web (10.77.0.10) from 10.77.0.66 and 1 other: ' +
      '98 % of flows never established over 10 s, usually 0.4 %',
  },
  {
    alert: { family: 'udp-flood', entity: { ...server, port: 53 }, peers: [attacker], reasons: [rate, packets] },
    message: 'UDP flood against 10.77.0.10:53 from 10.77.0.66: 51,200 packets/s, usually 20',
  },
  {
    alert: { family: 'icmp-flood', entity: { ...server, port: 0 }, peers: [attacker], reasons: [packets] },
    message: 'ICMP flood against 10.77.0.10 from 10.77.0.66: 51,200 packets/s, usually 20',
  },
  {
    alert: { family: 'http-flood', entity: server, peers: [attacker], reasons: [rate] },
    message: 'HTTP flood against 10.77.0.10:80 from 10.77.0.66: 412 new flows/s, usually 3',
  },
  {
    alert: { family: 'slow-dos', entity: { ...server, ip: '2001:db8::10' }, peers: [], reasons: [rate, open] },
    message:
      'Slow denial of service against [2001:db8::10]:80 from nobody in particular: 612 flows open at once, usually 4',
  },
  {
    alert: { family: 'port-scan', entity: client, peers: ports(50), reasons: [unanswered, rate, ports10] },
    message:
      'Port scan by 10.77.0.66 against 10.77.0.10 (50 or more ports): 266 or more different ports over 10 s, usually 1',
  },
  {
    alert: { family: 'host-sweep', entity: client, peers: hosts(), reasons: [rate, peers10] },
    message: 'Host sweep by 10.77.0.66 against 10.77.2.0 and 11 others: 254 different addresses over 10 s, usually 1',
  },
  {
    alert: {
      family: 'brute-force',
      entity: { ...server, ip: '10.0.0.5', port: 22 },
      peers: [{ ip: '10.0.0.9', port: null, flows: 90 }],
      reasons: [unanswered, { feature: 'new flows/s over 1 s', value: 12, usual: 0.1 }],
    },
    message: 'Password guessing against 10.0.0.5:22 from 10.0.0.9: 12 new flows/s, usually 0.1',
  },
  {
    alert: { family: 'dns-tunnel', entity: client, peers: [{ ip: '10.77.0.53', port: 53, flows: 9 }], reasons: [] },
    message: 'DNS tunnel from 10.77.0.66 through 10.77.0.53:53',
  },
  {
    alert: { family: 'beacon', entity: client, peers: outside, reasons: [rate, ratio] },
    message:
      'Command-and-control beacon from 10.77.0.66 to 203.0.113.5:443: ' +
      'flows come like clockwork (variation 0.04, usually 0.9)',
  },
  {
    alert: { family: 'exfiltration', entity: client, peers: outside, reasons: [rate, sent] },
    message: 'Exfiltration from 10.77.0.66 to 203.0.113.5:443: sent 4.2 MB/s over 10 s, usually 12 kB/s',
  },
  {
    alert: { family: 'web-attack', entity: server, peers: [attacker], reasons: [ratio, rate] },
    message: 'Web attack against 10.77.0.10:80 from 10.77.0.66: 412 new flows/s, usually 3',
  },
  {
    alert: {
      family: 'reverse-shell',
      entity: { ...client, workload: 'shop/deployment/web' },
      peers: outside,
      reasons: [rate, { feature: 'flow duration (us)', value: 96e6, usual: 2000 }],
    },
    message:
      'Reverse shell from shop/deployment/web (10.77.0.66) to 203.0.113.5:443: flow duration 1.6 min, usually 2 ms',
  },
  {
    alert: {
      family: 'unknown',
      entity: client,
      peers: ports(1),
      reasons: [{ feature: 'resets from server', value: 7, usual: 0 }],
    },
    message: 'Unusual traffic from 10.77.0.66 to 10.77.0.10:1: 7 resets from server, usually 0',
  },
] as const)('$message', ({ alert, message }) => {
  expect(messageFor({ ...alert, peers: [...alert.peers], reasons: [...alert.reasons] })).toBe(message);
});

function ports(count: number) {
  return Array.from({ length: count }, (_, i) => ({ ip: '10.77.0.10', port: i + 1, flows: 1 }));
}

function hosts() {
  return Array.from({ length: 12 }, (_, i) => ({ ip: `10.77.2.${i}`, port: 22, flows: 1 }));
}

function crowd() {
  return Array.from({ length: 50 }, (_, i) => ({ ip: `198.51.100.${i}`, port: null, flows: 1 }));
}
