import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';
import { SCENARIOS } from './scenarios/list.ts';

test('without options every scenario runs once with seed 1', () => {
  const options = parseOptions([]);
  expect(options).toMatchObject({ command: 'run', seeds: [1], quick: false, out: 'lab/runs', scenarios: SCENARIOS });
});

test('seeds count up from the first', () => {
  const options = parseOptions(['--scenario', 'port-scan', '--from', '8', '--runs', '3']);
  expect(options).toMatchObject({ seeds: [8, 9, 10], scenarios: [{ name: 'port-scan' }] });
  expect(parseOptions(['--seed', '7'])).toMatchObject({ seeds: [7] });
  expect(parseOptions(['--seed=7'])).toMatchObject({ seeds: [7] });
});

test('two labs go on side by side unless told otherwise, and finished runs stay', () => {
  expect(parseOptions([])).toMatchObject({ jobs: 2, again: false, install: false });
  expect(parseOptions(['--jobs', '4', '--again', '--install'])).toMatchObject({ jobs: 4, again: true, install: true });
});

test('quick runs lie apart from those that are learned from', () => {
  expect(parseOptions(['--quick'])).toMatchObject({ out: 'lab/runs/quick' });
  expect(parseOptions(['--quick', '--out', 'here'])).toMatchObject({ out: 'here' });
});

test.each([
  [['--scenario', 'nothing'], 'there is no scenario nothing, only busy-day'],
  [['--runs', '0'], '--runs 0 is not a whole number from 1 on'],
  [['--jobs', '0'], '--jobs 0 is not a whole number from 1 on'],
  [['--from', 'x'], '--from x is not a whole number'],
  [['--fast'], "Unknown option '--fast'"],
  [['sample'], 'there is no command sample'],
])('%j is refused with its reason', (args, reason) => {
  expect(() => parseOptions(args)).toThrow(reason);
});
