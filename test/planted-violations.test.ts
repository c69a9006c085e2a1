import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const CONFIGURATION = [
  'package.json',
  'tsconfig.json',
  '.oxlintrc.json',
  '.prettierrc.json',
  '.dependency-cruiser.mjs',
  'knip.json',
  'test/boundaries.ts',
];
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A small project under our own rules, with these files in it; returns what the tool says of it. */
function check(files: Record<string, string>, command: string, ...parameters: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-planted-'));
  folders.push(folder);
  for (const name of CONFIGURATION) cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  execFileSync('git', ['init', '-q'], { cwd: folder });
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`;
  const result = spawnSync(command, parameters, { cwd: folder, encoding: 'utf8', env: { ...process.env, PATH: path } });
  return { failed: result.status !== 0, output: result.stdout + result.stderr };
}

const CLEAN = 'export const answer = 42;\n';

test('types: a number given as a text fails', () => {
  const run = (text: string) => check({ 'src/core/plant.ts': text }, 'tsc');
  expect(run(CLEAN).failed).toBe(false);
  const planted = run('export const answer: string = 42;\n');
  expect(planted.failed).toBe(true);
  expect(planted.output).toContain('TS2322');
});

test('lint: a floating promise fails', () => {
  const run = (text: string) =>
    check({ 'src/core/plant.ts': text }, 'oxlint', '--type-aware', '--deny-warnings', 'src');
  expect(run(CLEAN).failed).toBe(false);
  const planted = run('async function send() {}\nexport function forget() {\n  send();\n}\n');
  expect(planted.failed).toBe(true);
  expect(planted.output).toContain('no-floating-promises');
});

test('lint: a dashboard that imports running code fails', () => {
  const files = (statement: string) => ({ 'src/core/target.ts': CLEAN, 'web/src/plant.tsx': statement });
  const run = (statement: string) => check(files(statement), 'oxlint', '--deny-warnings', 'web');
  const use = 'export const copy: typeof answer | null = null;\n';
  expect(run(`import type { answer } from '../../src/core/target.ts';\n${use}`).failed).toBe(false);
  const planted = run("import { answer } from '../../src/core/target.ts';\nexport const copy = answer;\n");
  expect(planted.failed).toBe(true);
  expect(planted.output).toContain('no-restricted-imports');
});

test('format: a line in another style fails', () => {
  const run = (text: string) => check({ 'src/core/plant.ts': text }, 'prettier', '--check', 'src');
  expect(run(CLEAN).failed).toBe(false);
  expect(run('export const answer = "42"\n').failed).toBe(true);
});

test.each([
  [
    'a stage that imports another stage',
    'src/alerts/plant.ts',
    'src/store/target.ts',
    'alerts-imports-core-and-itself',
  ],
  ['core that imports a stage', 'src/core/plant.ts', 'src/store/target.ts', 'core-imports-nothing-of-ours'],
  ['a stage that imports a role', 'src/detection/plant.ts', 'src/roles/target.ts', 'only-cli-starts-roles'],
  ['the product that imports the trainer', 'src/roles/plant.ts', 'train/target.ts', 'product-does-not-import-workshop'],
])('boundaries: %s fails', (_, from, target, rule) => {
  const importing = `import { answer } from '${'../'.repeat(from.split('/').length - 1)}${target}';\nexport const copy = answer;\n`;
  const others = ['web', 'train', 'lab', 'testbed', 'bench'].map((name) => [`${name}/other.ts`, CLEAN]);
  const files = { ...Object.fromEntries(others), [target]: CLEAN };
  const clean = check({ ...files, [from]: CLEAN }, 'node', 'test/boundaries.ts', '1');
  expect(clean.output).toContain('no dependency violations');
  const planted = check({ ...files, [from]: importing }, 'node', 'test/boundaries.ts', '1');
  expect(planted.failed).toBe(true);
  expect(planted.output).toContain(rule);
});

test('boundaries: a run that read no module fails', () => {
  const empty = Object.fromEntries(
    ['src', 'web', 'train', 'lab', 'testbed', 'bench'].map((name) => [`${name}/x.md`, '']),
  );
  expect(check(empty, 'node', 'test/boundaries.ts').failed).toBe(true);
});

test('dead code: an export that nobody imports fails', () => {
  const main = "import { used } from '../core/plant.ts';\nprocess.stdout.write(String(used));\n";
  const run = (text: string) =>
    check({ 'src/core/plant.ts': text, 'src/cli/main.ts': main }, 'knip', '--include', 'exports');
  expect(run('export const used = 1;\n').failed).toBe(false);
  const planted = run('export const used = 1;\nexport const unused = 2;\n');
  expect(planted.failed).toBe(true);
  expect(planted.output).toContain('unused');
});
