/**
 * Runs the checks and the tests and counts them: `node test/run.ts check` needs no server, `node test/run.ts all` also
 * runs the suites on real parts. The last line is `N passed, N failed`; the exit code is 0 only when nothing failed.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const CHECKS: readonly Step[] = [
  { name: 'types', command: ['tsc'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'boundaries', command: ['node', 'test/boundaries.ts'] },
  { name: 'dead code', command: ['knip', '--no-progress'] },
  { name: 'generated reference', command: ['node', 'docs/generate.ts', '--check'] },
];

const scope = process.argv[2];
if (scope !== 'check' && scope !== 'all') {
  process.stderr.write('usage: node test/run.ts check|all\n');
  process.exit(2);
}
const total = await run(scope);
if (total.skipped > 0) process.stdout.write(`${total.skipped} skipped, see above for what they lack\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

async function run(wanted: 'check' | 'all'): Promise<Count> {
  // Checks and unit tests side by side: the machine that this must fit has two cores.
  const counts = await Promise.all([runChecks(), runSuite('unit')]);
  if (wanted === 'all') counts.push(await runSuite('real'));
  return counts.reduce(sum);
}

async function runChecks(): Promise<Count> {
  const counts: Count[] = [];
  for (const step of CHECKS) counts.push(await runCheck(step));
  return counts.reduce(sum);
}

function sum(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

async function runCheck(step: Step): Promise<Count> {
  const startedAt = performance.now();
  const { code, output } = await execute(step.command);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)\n${code === 0 ? '' : output}`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function runSuite(project: 'unit' | 'real'): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'kubesecure-test-'));
  // Servers that refuse to be root (PostgreSQL) must get through to what is theirs in it.
  chmodSync(folder, 0o711);
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  // Whatever tests leave in the temporary folder goes with it.
  const { code } = await execute(['vitest', 'run', '--project', project, ...reporters], 'inherit', { TMPDIR: folder });
  const count = countOf(report, code);
  rmSync(folder, { recursive: true });
  return count;
}

function countOf(report: string, code: number): Count {
  let counted: { numPassedTests: number; numFailedTests: number; numPendingTests: number };
  try {
    counted = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }; // the runner itself broke down before it could report
  }
  // A file that does not load, or an error between tests, fails the run without a failed test.
  const failed = code !== 0 ? Math.max(1, counted.numFailedTests) : counted.numFailedTests;
  return { passed: counted.numPassedTests, failed, skipped: counted.numPendingTests };
}

function execute(
  command: readonly string[],
  stdout: 'pipe' | 'inherit' = 'pipe',
  environment: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  const [program = '', ...parameters] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      stdio: ['ignore', stdout, stdout],
      env: { ...withOwnTools(), ...environment },
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function withOwnTools(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${join(import.meta.dirname, '../node_modules/.bin')}:${process.env['PATH']}` };
}
