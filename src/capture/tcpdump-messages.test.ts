import { expect, test } from 'vitest';
import { kernelDropsOf, startFailureOf } from './tcpdump-messages.ts';

test.each([
  ['tcpdump: eth9: No such device exists\n(No such device exists)', 'usage', /no such interface/],
  ["tcpdump: eth0: You don't have permission to perform this capture on that device", 'forbidden', /CAP_NET_RAW/],
  ['tcpdump: eth0: Operation not permitted', 'forbidden', /root/],
  ["tcpdump: can't parse filter expression: syntax error", 'usage', /filter is wrong: can't parse/],
  [
    'tcpdump: listening on eth0\ntcpdump: pcap_loop: The interface disappeared\n3 packets captured',
    'unavailable',
    /disappeared/,
  ],
  ['', 'unavailable', /no reason/],
])('%s', (said, code, message) => {
  const failure = startFailureOf('eth0', said, null);
  expect(failure).toMatchObject({ code });
  expect(failure.message).toMatch(message);
});

test('a tcpdump that is not there is named with its remedy', () => {
  const missing = Object.assign(new Error('spawn tcpdump ENOENT'), { code: 'ENOENT' });
  expect(startFailureOf('eth0', '', missing)).toMatchObject({ code: 'unavailable' });
  expect(startFailureOf('eth0', '', missing).message).toMatch(/install the package tcpdump/);
});

test('the newest of several reports counts', () => {
  const said = '5 packets dropped by kernel\n1 packet dropped by interface\n9 packets dropped by kernel\n';
  expect(kernelDropsOf(said)).toBe(10);
  expect(kernelDropsOf('tcpdump: listening on eth0')).toBe(0);
});
