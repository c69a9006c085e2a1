import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import { Config } from './config.ts';
import { overridesFrom } from './environment.ts';

/**
 * The settings in force: defaults, then the YAML file, then the environment.
 * @throws KubeSecureError `usage`, naming the file and the path of every key that is unknown or out of range.
 */
export function loadConfig(options: { path: string | null; environment: NodeJS.ProcessEnv }): Config {
  const fromFile = options.path === null ? {} : readYaml(options.path);
  const overrides = overridesFrom(options.environment);
  const merged = overrides.reduce((settings, { path, value }) => withValue(settings, path, value), fromFile);
  const parsed = Config.safeParse(merged);
  if (parsed.success) return parsed.data;
  const variables = new Map(overrides.map(({ path, variable }) => [path.join('.'), variable]));
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, variables));
  throw new KubeSecureError('usage', `while reading the configuration${from(options.path)}: ${problems.join('; ')}`);
}

function from(path: string | null): string {
  return path === null ? '' : ` ${path}`;
}

function readYaml(path: string): Record<string, unknown> {
  const fail = (reason: string) => new KubeSecureError('usage', `while reading the configuration ${path}: ${reason}`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fail(reasonOf(error));
  }
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw fail(problem.message.split('\n')[0] ?? 'not YAML');
  const settings: unknown = document.toJS() ?? {};
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw fail('the file must hold settings as `key: value`');
  }
  return { ...settings };
}

function withValue(
  settings: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key, ...rest] = path;
  if (key === undefined) return settings;
  if (rest.length === 0) return { ...settings, [key]: value };
  const inner = settings[key];
  const branch = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  return { ...settings, [key]: withValue(branch, rest, value) };
}

function describeIssue(issue: z.core.$ZodIssue, variables: ReadonlyMap<string, string>): string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `unknown key \`${path === '' ? key : `${path}.${key}`}\``);
  }
  const variable = variables.get(path);
  return [`\`${path}\`${variable === undefined ? '' : ` (${variable})`}: ${issue.message}`];
}
