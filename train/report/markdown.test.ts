import { expect, test } from 'vitest';
import { inventReport } from './invented-report.ts';
import { renderMarkdown } from './markdown.ts';

const report = inventReport(1);
const page = renderMarkdown(report, [{ path: 'images/evaluation-scores.svg', title: 'Scores' }]);

/** The cells of the first row that begins with this text. */
const row = (start: string, text = page) =>
  text
    .split('\n')
    .find((line) => line.startsWith(`| ${start} |`))
    ?.split(' | ');

/** What stands below a heading. */
const section = (heading: string) => page.split('\n## ').find((part) => part.startsWith(heading)) ?? '';

test('every table is whole: as many cells in each row as in its header', () => {
  const tables = page.split('\n\n').filter((block) => block.startsWith('|'));
  expect(tables.length).toBeGreaterThan(10);
  for (const table of tables) {
    expect(new Set(table.split('\n').map((line) => line.split(' | ').length)).size).toBe(1);
  }
});

test('each split has its heading, and the random one says that it flatters', () => {
  for (const heading of [
    'Random windows (optimistic)',
    'Unseen runs of known attacks',
    'Attacks held out',
    'Another lab',
  ]) {
    expect(section(heading)).not.toBe('');
  }
  expect(section('Another lab')).toContain('Lab b.');
});

test('figures of the report stand in the tables with their intervals', () => {
  const held = section('Attacks held out');
  const figures = report.splits[2].detectors.find(({ detector }) => detector === 'random-forest');
  const { successes, trials } = figures?.runs?.found ?? { successes: 0, trials: 0 };
  expect(row('random forest', held)?.[1]).toMatch(`${successes} of ${trials}`);
  expect(row('random forest', held)?.[1]).toMatch(/\(\.\d+-\.\d+\)/);
  expect(row('beacon', held)?.[1]).toBe('beacon');
});

test('what could not be measured is a dash with its reason', () => {
  expect(section('Unseen runs')).toContain(
    'No figure: 1440 ordinary windows, 3000 needed (rule of three); 1440 ordinary',
  );
});

test('targets, seeds, pictures and limits are there', () => {
  expect(section('Targets')).toContain('| held out, slow-read: at least .80 |');
  expect(row('Unseen runs of known attacks', section('Models'))?.slice(3)).toEqual(['3', '.9', '.92', '.95 |']);
  expect(page).toContain('![Scores](images/evaluation-scores.svg)');
  expect(page.endsWith('- Two cores make small labs.\n')).toBe(true);
});

test('the same report gives the same page', () => {
  expect(renderMarkdown(structuredClone(report), [{ path: 'images/evaluation-scores.svg', title: 'Scores' }])).toBe(
    page,
  );
});
