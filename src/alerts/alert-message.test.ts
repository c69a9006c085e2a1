import { expect, test } from 'vitest';
import { messageFor } from './alert-message.ts';

const server = { side: 'server', ip: '10.77.0.10', port: 80, workload: null } as const;
const client = { side: 'client', ip: '10.77.0.66', port: null, workload: null } as const;
const attacker = { ip: '10.77.0.66', port: null, flows: 400 };
const rate = { feature: 'new flows/s over 1 s', value: 412.3, usual: 3 };
const unanswered = { feature: 'share of flows never established over 10 s', value: 0.981, usual: 0.004 };

test.each([
  {
    alert: { family: 'http-flood', entity: server, peers: [attacker], reasons: [rate] },
    message: 'HTTP flood against 10.77.0.10:80 from 10.77.0.66: 412 new flows/s over 1 s, usually 3',
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
    alert: { family: 'port-scan', entity: client, peers: ports(50), reasons: [unanswered, rate] },
    message: 'Port scan by 10.77.0.66 against 10.77.0.10 (50 or more ports): 412 new flows/s over 1 s, usually 3',
  },
  {
    alert: {
      family: 'port-scan',
      entity: client,
      peers: ports(1),
      reasons: [{ feature: 'distinct peer ports over 10 s', value: 266.2, usual: 1 }],
    },
    message: 'Port scan by 10.77.0.66 against 10.77.0.10: 266 or more distinct peer ports over 10 s, usually 1',
  },
  {
    alert: { family: 'dns-tunnel', entity: client, peers: ports(1), reasons: [] },
    message: 'DNS tunnel by 10.77.0.66 against 10.77.0.10',
  },
  {
    alert: { family: 'slow-dos', entity: { ...server, ip: '2001:db8::10' }, peers: [], reasons: [] },
    message: 'Slow denial of service against [2001:db8::10]:80 from nobody in particular',
  },
  {
    alert: {
      family: 'unknown',
      entity: client,
      peers: ports(1),
      reasons: [{ feature: 'Flow IAT Mean', value: 0.0123, usual: 1234.5 }],
    },
    message: 'Unusual traffic by 10.77.0.66 against 10.77.0.10: Flow IAT Mean: 0.01, usually 1235',
  },
] as const)('$message', ({ alert, message }) => {
  expect(messageFor({ ...alert, peers: [...alert.peers], reasons: [...alert.reasons] })).toBe(message);
});

function ports(count: number) {
  return Array.from({ length: count }, (_, i) => ({ ip: '10.77.0.10', port: i + 1, flows: 1 }));
}
