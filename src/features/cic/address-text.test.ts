import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress } from '#core/address.ts';
import {
  FLOW_HIGH_ADDRESS,
  FLOW_IPV6,
  FLOW_KIND,
  FLOW_LOW_ADDRESS,
  FLOW_WORDS,
  writeFlowAddress,
} from '#core/flow-record.ts';
import { createAddressText } from './address-text.ts';

const records = new ArrayBuffer(FLOW_WORDS * 4);
const memory = { i32: new Int32Array(records), f64: new Float64Array(records), ipv6: new Int32Array(12) };
const bytes = new Uint8Array(64);
const { writeAddress } = createAddressText(new DataView(bytes.buffer));

/** The text of one end, and what the rest of the project calls the same address. */
function texts(high: boolean): [written: string, expected: string] {
  const end = writeAddress(0, memory, 0, high);
  const address = new Uint8Array(16);
  writeFlowAddress(memory, 0, high, address, 0);
  return [Buffer.from(bytes.subarray(0, end)).toString('latin1'), formatAddress(address, 0)];
}

test('each end of an IPv4 flow is dotted', () => {
  memory.i32[FLOW_KIND] = 6;
  memory.i32[FLOW_LOW_ADDRESS] = 0x0a_00_63_09;
  memory.i32[FLOW_HIGH_ADDRESS] = 0xff_ff_00_c8 | 0;
  expect(texts(false)[0]).toBe('10.0.99.9');
  expect(texts(true)[0]).toBe('255.255.0.200');
});

test.each([
  ['::', [0, 0, 0, 0]],
  ['::1', [0, 0, 0, 1]],
  ['fe80::', [0xfe80_0000, 0, 0, 0]],
  ['1::8', [0x0001_0000, 0, 0, 8]],
  ['2001:db8::1:0:0:1', [0x2001_0db8, 0, 0x0001_0000, 1]],
  ['2001:db8:0:1:1:1:1:1', [0x2001_0db8, 1, 0x0001_0001, 0x0001_0001]],
  ['1:2:3:4:5:6:7:8', [0x0001_0002, 0x0003_0004, 0x0005_0006, 0x0007_0008]],
  ['::a:bcd:ef01', [0, 0, 0xa, 0x0bcd_ef01]],
  ['10.0.0.1', [0, 0, 0xffff, 0x0a00_0001]],
])('%s is written by RFC 5952', (expected, words) => {
  memory.i32[FLOW_KIND] = 6 | FLOW_IPV6;
  memory.i32[FLOW_HIGH_ADDRESS] = 2;
  memory.ipv6.set(words, 8);
  expect(texts(true)).toEqual([expected, expected]);
});

test('any IPv6 address has the text that it has elsewhere', () => {
  const word = fc.oneof(
    fc.constantFrom(0, 1, 0xffff, 0x0001_0000),
    fc.integer().map((bits) => bits | 0),
  );
  memory.i32[FLOW_KIND] = 17 | FLOW_IPV6;
  memory.i32[FLOW_LOW_ADDRESS] = 1;
  fc.assert(
    fc.property(fc.tuple(word, word, word, word), (words) => {
      memory.ipv6.set(words, 4);
      const [written, expected] = texts(false);
      expect(written).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});
