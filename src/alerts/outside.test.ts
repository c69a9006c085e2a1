import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress, isPublicAddress } from '#core/address.ts';
import { isOutside } from './outside.ts';

test.each([
  ['10.77.0.10', false],
  ['172.31.255.255', false],
  ['172.32.0.0', true],
  ['100.64.0.1', false],
  ['203.0.113.7', true],
  ['fd00::1', false],
  ['fe80::1', false],
  ['::1', false],
  ['2001:db8::1', true],
])('%s lies outside: %s', (ip, outside) => {
  expect(isOutside(ip)).toBe(outside);
});

test('text and bytes of an address are told apart alike', () => {
  const interesting = fc.constantFrom(10, 100, 127, 169, 172, 192, 0xfc, 0xfd, 0xfe, 0, 1);
  const byte = fc.oneof(interesting, fc.integer({ min: 0, max: 255 }));
  const bytes = fc.array(byte, { minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, fc.boolean(), (drawn, isMapped) => {
      const address = Uint8Array.from(drawn);
      if (isMapped) address.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
      expect(isOutside(formatAddress(address, 0))).toBe(isPublicAddress(address, 0));
    }),
    { numRuns: 500, seed: 11 },
  );
});
