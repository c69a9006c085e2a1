import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { variableOf } from './environment.ts';
import { loadConfig } from './load.ts';
import { withoutSecrets } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubesecure-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(yaml: string, environment: Record<string, string> = {}) {
  const path = join(folder, 'kubesecure.yaml');
  writeFileSync(path, yaml);
  return loadConfig({ path, environment });
}

test('without a file and an environment every setting has its default', () => {
  const config = loadConfig({ path: null, environment: {} });
  expect(config.response.mode).toBe('dry-run');
  expect(config.api).toMatchObject({ host: '127.0.0.1', port: 8080 });
});

test('a variable wins over the file, which wins over the default', () => {
  const yaml = 'api: { port: 9000 }\nresponse: { mode: enforce, maxActive: 3 }';
  const config = load(yaml, { KUBESECURE_API_PORT: '9001', KUBESECURE_RESPONSE_NEVER: '[shop, kube-system]' });
  expect(config.api.port).toBe(9001);
  expect(config.response).toMatchObject({ mode: 'enforce', maxActive: 3, never: ['shop', 'kube-system'] });
});

test('names that other tools use are understood', () => {
  const environment = { KUBECONFIG: '/a/b', SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T/B/x' };
  const config = loadConfig({ path: null, environment });
  expect(config.cluster.kubeconfig).toBe('/a/b');
  expect(config.notify.slack.webhookUrl).toBe('https://hooks.slack.com/services/T/B/x');
});

test.each([
  ['an unknown key', 'response: { moed: enforce }', /unknown key `response\.moed`/],
  ['an unknown key at the top', 'respnose: {}', /unknown key `respnose`/],
  [
    'an unknown key in a list',
    'response: { rules: [{ family: http-flood, limit: { rsp: 5 } }] }',
    /`response\.rules\.0\.limit\.rsp`/,
  ],
  ['a wrong value', 'api: { port: eighty }', /`api\.port`/],
  ['what is no YAML', 'api: {', /kubesecure\.yaml/],
  ['a list in place of settings', '- api', /key: value/],
])('%s is refused with its path', (_, yaml, words) => {
  expect(() => load(yaml)).toThrow(words);
});

test('a wrong value in a variable is refused with the name of the variable', () => {
  expect(() => load('', { KUBESECURE_API_PORT: 'eighty' })).toThrow(/`api\.port` \(KUBESECURE_API_PORT\)/);
});

test('a variable of ours that is no setting is refused, one that Kubernetes makes for a service is not', () => {
  expect(() => load('', { KUBESECURE_API_PROT: '1' })).toThrow(/KUBESECURE_API_PROT/);
  expect(() => load('', { KUBESECURE_PORT_8080_TCP_ADDR: '10.0.0.1', KUBESECURE_SERVICE_HOST: 'x' })).not.toThrow();
});

test('a setting in camel case has a variable in upper case', () => {
  expect(variableOf(['notify', 'slack', 'webhookUrl'])).toBe('KUBESECURE_NOTIFY_SLACK_WEBHOOK_URL');
});

test('secrets are left out of what is printed', () => {
  const config = load('notify: { webhook: { url: "https://example.com/hook?key=s3cret" } }');
  expect(JSON.stringify(withoutSecrets(config))).not.toContain('s3cret');
  expect(withoutSecrets(config)).toMatchObject({ notify: { webhook: { url: '(set)' }, slack: { webhookUrl: null } } });
});
