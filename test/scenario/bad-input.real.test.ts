import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cleanEnvironment } from './product.ts';

const ROOT = join(import.meta.dirname, '../..');
const SAMPLE = join(ROOT, 'samples/attack.pcap');
const password = { KUBESECURE_ADMIN_PASSWORD: 'only-for-this-test' };
const folder = mkdtempSync(join(tmpdir(), 'kubesecure-bad-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function kubesecure(parameters: string[], environment: Record<string, string> = {}): Promise<Outcome> {
  const child = spawn(join(ROOT, 'bin/kubesecure'), parameters, {
    cwd: folder,
    env: cleanEnvironment(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Ends with this code, says these words in one line, and shows no stack. */
function expectRefusal({ code, stderr }: Outcome, words: RegExp): void {
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(2);
}

test.each(['flows', 'detect'])('%s refuses a text file, naming it', async (command) => {
  const path = file('notes.pcap', 'this is no capture, it is a sentence\n');
  expectRefusal(await kubesecure([command, path]), /notes\.pcap/);
});

test.each(['flows', 'detect'])('%s refuses an empty file, naming it', async (command) => {
  expectRefusal(await kubesecure([command, file('empty.pcap', '')]), /empty\.pcap.*empty/);
});

test.each(['flows', 'detect'])('%s refuses a file that is not there', async (command) => {
  expectRefusal(await kubesecure([command, join(folder, 'nowhere.pcap')]), /nowhere\.pcap/);
});

test('flows refuses a pcapng whose block length is wrong, and says where', async () => {
  const block = Buffer.alloc(28);
  block.writeUInt32LE(0x0a0d0d0a, 0);
  block.writeUInt32LE(28, 4);
  block.writeUInt32LE(0x1a2b3c4d, 8);
  block.writeUInt16LE(1, 12);
  block.writeBigInt64LE(-1n, 16);
  block.writeUInt32LE(29, 24);
  expectRefusal(await kubesecure(['flows', file('bad.pcapng', block)]), /bad\.pcapng.*(length|byte)/);
});

test('flows reads a pcap up to the packet in whose middle it was cut, and counts the cut', async () => {
  const whole = readFileSync(SAMPLE);
  const { code, stdout, stderr } = await kubesecure(['flows', file('cut.pcap', whole.subarray(0, 40_007))]);
  expect(code).toBe(0);
  expect(stdout.split('\n').length).toBeGreaterThan(10);
  expect(stderr).toMatch(/cut-file/);
});

test('an unknown command, option or value is a usage error', async () => {
  for (const parameters of [
    ['fly'],
    ['flows', '--sideways', SAMPLE],
    ['flows', '--expiry', 'never', SAMPLE],
    ['up', '--speed', '-1'],
  ]) {
    expect((await kubesecure(parameters)).code).toBe(2);
  }
});

test('an unknown key in the configuration is named with its path', async () => {
  const config = file('kubesecure.yaml', 'response:\n  moed: enforce\n');
  expectRefusal(await kubesecure(['config', 'check', '--config', config]), /unknown key `response\.moed`/);
});

test('a variable that is no setting is named', async () => {
  expectRefusal(
    await kubesecure(['config', 'check'], { KUBESECURE_RESPONSE_MOED: 'enforce' }),
    /KUBESECURE_RESPONSE_MOED/,
  );
});

test('variables that Kubernetes sets for a service of our name are left alone', async () => {
  const environment = { KUBESECURE_SERVICE_HOST: '10.0.0.1', KUBESECURE_PORT: 'tcp://10.0.0.1:8080' };
  expect((await kubesecure(['config', 'check'], environment)).code).toBe(0);
});

test('a variable overrides the file, and secrets are not printed', async () => {
  const config = file(
    'secret.yaml',
    'response: { mode: dry-run }\nnotify: { slack: { webhookUrl: https://hooks.slack.com/services/T/B/xyz } }\n',
  );
  const { code, stdout } = await kubesecure(['config', 'print', '--config', config], {
    KUBESECURE_RESPONSE_MODE: 'enforce',
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(/mode: enforce/);
  expect(stdout).not.toMatch(/xyz/);
});

test('up refuses an interface that does not exist', async () => {
  expectRefusal(await kubesecure(['up', '--interface', 'nosuch0', '--port', '0'], password), /nosuch0/);
});

test('up refuses a model whose contract differs, and says which feature', async () => {
  const modelDir = join(folder, 'model');
  cpSync(join(ROOT, 'models/clstm'), modelDir, { recursive: true });
  const contract = readFileSync(join(modelDir, 'contract.json'), 'utf8');
  writeFileSync(join(modelDir, 'contract.json'), contract.replace('packets from client', 'parcels from client'));
  const outcome = await kubesecure(['detect', SAMPLE], { KUBESECURE_DETECTION_MODEL_DIR: modelDir });
  expectRefusal(outcome, /packets from client|parcels from client/);
});

test('up refuses an occupied port, naming it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const outcome = await kubesecure(['up', '--replay', SAMPLE, '--port', String(port)], password);
  server.close();
  expectRefusal(outcome, new RegExp(String(port)));
});

test('up refuses a password that is too short', async () => {
  const outcome = await kubesecure(['up', '--replay', SAMPLE, '--port', '0'], { KUBESECURE_ADMIN_PASSWORD: 'short' });
  expectRefusal(outcome, /at least 8/);
});

test('limit refuses a target without a cluster, both rates, and a rate of nothing', async () => {
  const target = ['--namespace', 'shop', '--ingress', 'web'];
  expectRefusal(await kubesecure(['limit', 'apply', ...target, '--rps', '5']), /KUBECONFIG/);
  expectRefusal(await kubesecure(['limit', 'apply', ...target, '--rps', '5', '--rpm', '9']), /exactly one/);
  expect((await kubesecure(['limit', 'apply', ...target, '--rps', '0'])).code).toBe(2);
});

test('a closed pipe ends flows without a word', async () => {
  const child = spawn('sh', ['-c', `"${join(ROOT, 'bin/kubesecure')}" flows "${SAMPLE}" | head -1`], {
    cwd: folder,
    env: cleanEnvironment({}),
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  expect(output).toMatch(/^Flow ID,/);
  expect(complaint).toBe('');
});
