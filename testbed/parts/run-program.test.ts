import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { runProgram } from './run-program.ts';

test('gives what the program wrote and hands it its input', async () => {
  expect(await runProgram('cat', [], { input: 'two\nlines\n' })).toBe('two\nlines\n');
});

test('a program that fails is reported with what it complained of', async () => {
  const failing = runProgram('sh', ['-c', 'echo out; echo no such disk >&2; exit 3']);
  await expect(failing).rejects.toMatchObject({ code: 'internal' });
  await expect(failing).rejects.toThrow(/ended with 3: no such disk$/);
});

test('a program past its limit is killed', async () => {
  await expect(runProgram('sleep', ['60'], { limitMs: 50 })).rejects.toThrow('ended with SIGKILL');
});

test('a program that is not there is refused, and nothing keeps the caller from ending', () => {
  const source = JSON.stringify(join(import.meta.dirname, 'run-program.ts'));
  const caller = `
    import { runProgram } from ${source};
    await runProgram('/nowhere/program', []).catch((error) => console.log(error.code));`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', caller], {
    encoding: 'utf8',
    timeout: 5_000,
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'unavailable\n' });
});
