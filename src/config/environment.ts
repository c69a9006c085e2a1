import { parse } from 'yaml';
import { KubeSecureError } from '#core/error.ts';
import { Config } from './config.ts';
import { leavesOf } from './leaves.ts';

export interface Override {
  readonly variable: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Names that are known elsewhere, to people and to other tools, and what they set here. */
const ALIASES: Readonly<Record<string, string>> = {
  KUBECONFIG: 'cluster.kubeconfig',
  SLACK_WEBHOOK_URL: 'notify.slack.webhookUrl',
};

/** Variables of ours that are no settings. */
const RESERVED = new Set([
  'KUBESECURE_ADMIN_PASSWORD',
  'KUBESECURE_CONFIG',
  'KUBESECURE_CACHE',
  'KUBESECURE_TESTBED_STATE',
  'KUBESECURE_CONFORMANCE_DIR',
]);

/** Kubernetes sets these in every pod for a Service that is named kubesecure; they are not ours. */
const SERVICE_LINK = /^KUBESECURE_(\w+_)?(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)$/;

/** `notify.slack.webhookUrl` is set by `KUBESECURE_NOTIFY_SLACK_WEBHOOK_URL`. */
export function variableOf(path: readonly string[]): string {
  return `KUBESECURE_${path.map((key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).join('_')}`;
}

/**
 * What the environment sets.
 * @throws KubeSecureError `usage` for a KUBESECURE_ variable that is no setting: a typing error must not pass unseen.
 */
export function overridesFrom(environment: NodeJS.ProcessEnv): Override[] {
  const leaves = new Map(leavesOf(Config).map((leaf) => [variableOf(leaf.path), leaf]));
  const overrides: Override[] = [];
  for (const [alias, path] of Object.entries(ALIASES)) {
    const value = environment[alias];
    if (value) overrides.push({ variable: alias, path: path.split('.'), value });
  }
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('KUBESECURE_') || text === undefined) continue;
    const leaf = leaves.get(variable);
    if (leaf !== undefined) {
      const value = leaf.schema.safeParse(text).success ? text : parsedYaml(text);
      overrides.push({ variable, path: leaf.path, value });
    } else if (!RESERVED.has(variable) && !SERVICE_LINK.test(variable)) {
      throw new KubeSecureError('usage', `while reading the environment: ${variable} is not a setting`);
    }
  }
  return overrides;
}

function parsedYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text; // the schema will say what it wanted instead
  }
}
