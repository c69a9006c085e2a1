import type { Config } from './config.ts';

/** Settings that let their holder do something in our name. */
const SECRETS: readonly string[] = ['notify.slack.webhookUrl', 'notify.webhook.url'];

/** The same settings as plain data, each secret replaced by a word that says only that there is one. */
export function withoutSecrets(config: Config): unknown {
  return redacted(config, []);
}

function redacted(value: unknown, path: readonly string[]): unknown {
  if (SECRETS.includes(path.join('.'))) return value === null ? null : '(set)';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redacted(inner, [...path, key])]));
}
