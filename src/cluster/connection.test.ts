import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import { connectCluster } from './connection.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kubesecure-connection-'));

function kubeconfig(name: string, user: object, server = 'https://10.0.0.1:6443'): string {
  const file = path.join(folder, name);
  const config = {
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(config));
  return file;
}

function broken(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const noHome = path.join(folder, 'nobody');

test('there is no connection where nothing names a cluster', async () => {
  expect(await connectCluster({ kubeconfig: null, inCluster: false, home: noHome }, silentLog)).toBeNull();
  expect(await connectCluster({ kubeconfig: null, inCluster: true, home: noHome }, silentLog)).toBeNull();
});

test('a named kubeconfig goes before the one in the home', async () => {
  kubeconfig('home/.kube/config', { token: 't' }, 'https://home:6443');
  const named = kubeconfig('named', { token: 't' }, 'https://named:6443');
  const home = path.join(folder, 'home');

  const first = await connectCluster({ kubeconfig: named, inCluster: false, home }, silentLog);
  const second = await connectCluster({ kubeconfig: null, inCluster: false, home }, silentLog);

  expect(first).toMatchObject({ server: 'https://named:6443', source: named });
  expect(second).toMatchObject({ server: 'https://home:6443', source: path.join(home, '.kube', 'config') });
});

test('a server that listens without TLS needs to be said so', async () => {
  const file = kubeconfig('plain', { token: 't' }, 'http://10.0.0.1:8080');
  await expect(connectCluster({ kubeconfig: file, inCluster: false }, silentLog)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining(file),
  });
});

test.each([
  ['a missing file', () => path.join(folder, 'missing')],
  ['an empty file', () => broken('empty', '')],
  ['a file that is not YAML', () => broken('not-yaml', '{ [')],
  ['a file without contexts', () => broken('no-contexts', 'apiVersion: v1\nkind: Config\n')],
  ['a certificate that is not there', () => kubeconfig('no-certificate', { 'client-certificate': '/nowhere.crt' })],
])('%s is bad input that names the file', async (_what, make) => {
  const file = make();
  const connecting = connectCluster({ kubeconfig: file, inCluster: false, home: noHome }, silentLog);
  await expect(connecting).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(new RegExp(`^while reading kubeconfig ${file}: \\S`)),
  });
});
