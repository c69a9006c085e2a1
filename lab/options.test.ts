import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';
import { SCENARIOS } from './scenarios/list.ts';

test('without options every scenario runs once with seed 1', () => {
  const options = parseOptions([]);
  expect(options).toMatchObject({ command: 'run', seeds: [1], quick: false, out: 'lab/runs', scenarios: SCENARIOS });
});

test('seeds count up from the first', () => {
  const options = parseOptions(['--scenario', 'port-scan', '--seed', '8', '--runs', '3']);
  expect(options).toMatchObject({ seeds: [8, 9, 10], scenarios: [{ name: 'port-scan' }] });
});

test.each([
  [['--scenario', 'nothing'], 'there is no scenario nothing, only busy-day'],
  [['--runs', '0'], '--runs 0 is not a whole number from 1 on'],
  [['--seed', 'x'], '--seed x is not a whole number'],
  [['--fast'], "Unknown option '--fast'"],
  [['sample'], 'there is no command sample'],
])('%j is refused with its reason', (args, reason) => {
  expect(() => parseOptions(args)).toThrow(reason);
});
