import { expect, test } from 'vitest';
import { createRandom } from '../../random.ts';
import { encodeAnswer, encodeQuestion, RECORD_TYPE } from './question.ts';
import { drawSecretName } from './secret-name.ts';

/** Header, name, type and class, and the parts of a record. */
const hex = (...parts: readonly string[]) => parts.join('');

test('a question is what RFC 1035 says', () => {
  const question = encodeQuestion(0x1234, 'ab.c', RECORD_TYPE.TXT);
  expect(question.toString('hex')).toBe(hex('123401000001000000000000', '026162016300', '00100001'));
});

test('an answer repeats the question and has its record', () => {
  const question = encodeQuestion(7, 'a.b', RECORD_TYPE.A);
  const answer = encodeAnswer(question, (type) => (type === RECORD_TYPE.A ? Buffer.from([1, 2, 3, 4]) : null));
  expect(answer?.toString('hex')).toBe(
    hex('000785000001000100000000', '0161016200', '00010001', 'c00c0001000100000001', '0004', '01020304'),
  );
});

test('no record is NXDOMAIN, and a message cut short is no question', () => {
  const question = encodeQuestion(7, 'a.b', RECORD_TYPE.TXT);
  expect(encodeAnswer(question, () => null)?.readUInt16BE(2)).toBe(0x8503);
  expect(encodeAnswer(question.subarray(0, question.length - 1), () => null)).toBeNull();
});

test('names that carry secrets keep to the limits of DNS', () => {
  const shape = { zone: 'telemetry-sync.example', alphabet: 'base64', letters: 170, labelLetters: 63 } as const;
  for (let index = 0; index < 200; index++) {
    const name = drawSecretName(createRandom(index), shape, index * 1_000);
    expect(name.length).toBeLessThanOrEqual(253);
    expect(Math.max(...name.split('.').map((label) => label.length))).toBeLessThanOrEqual(63);
    expect(name.endsWith('.telemetry-sync.example')).toBe(true);
  }
});
