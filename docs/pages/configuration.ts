import { z } from 'zod';
import { Config } from '#config/config.ts';
import { variableOf } from '#config/environment.ts';
import { leavesOf } from '#config/leaves.ts';

/** The table of all settings, from the schemas that the stages export. */
export function configurationPage(): string {
  const defaults = Config.parse({});
  const rows = leavesOf(Config).map(({ path, schema }) => {
    const value = JSON.stringify(path.reduce<unknown>(propertyOf, defaults));
    return `| \`${path.join('.')}\` | \`${value}\` | \`${variableOf(path)}\` | ${describe(schema)} |`;
  });
  return [
    '# Settings',
    '',
    'A YAML file given by `--config FILE` (or `KUBESECURE_CONFIG`); each setting can also be given as the variable in the',
    'third column, which wins. An unknown key is an error. `SLACK_WEBHOOK_URL` and `KUBECONFIG` are read too.',
    '`KUBESECURE_ADMIN_PASSWORD` sets the password of the user `admin`; it is never read from the file.',
    '',
    '| setting | default | variable | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function describe(schema: z.ZodType): string {
  return (schema.description ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ');
}
