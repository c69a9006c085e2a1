import { type Command, InvalidArgumentError } from 'commander';
import type { IngressRef } from '#core/decision.ts';
import { parseDuration } from '#core/duration.ts';
import { KubeSecureError } from '#core/error.ts';
import { actor } from './actor.ts';
import { settingsFor, withConfigOption } from './settings.ts';

interface TargetOptions {
  readonly namespace: string;
  readonly ingress: string;
  readonly config?: string;
}

interface ApplyOptions extends TargetOptions {
  readonly rps?: number;
  readonly rpm?: number;
  readonly burst?: number;
  readonly ttl: string;
  readonly dryRun?: true;
}

/** `kubesecure limit apply|revert|check`: a person's word on one Ingress. It acts, unless `--dry-run` is said. */
export function addLimitCommand(program: Command): void {
  const limit = program.command('limit').description("set, undo or look at one Ingress's rate limit");
  onIngress(limit.command('apply').description('limit requests per client for a while'))
    .option('--rps <n>', 'requests per second', positive)
    .option('--rpm <n>', 'requests per minute', positive)
    .option('--burst <n>', 'requests that may come at once above the rate', positive)
    .option('--ttl <duration>', 'when it is undone by itself, e.g. 90s, 10m, 1h', '10m')
    .option('--dry-run', 'let the API server check it and change nothing')
    .action(async (options: ApplyOptions) => {
      if ((options.rps === undefined) === (options.rpm === undefined)) {
        throw new KubeSecureError('usage', 'while setting a limit: give exactly one of --rps and --rpm');
      }
      const { applyLimit } = await import('#roles/limit.ts');
      await applyLimit(await settingsFor(options), {
        ref: refOf(options),
        limit: { rps: options.rps ?? null, rpm: options.rpm ?? null, burst: options.burst ?? null, connections: null },
        ttlMs: parseDuration(options.ttl),
        dryRun: options.dryRun === true,
        actor: actor(),
      });
    });
  onIngress(limit.command('revert').description('put back what stood before')).action(
    async (options: TargetOptions) => {
      const { revertLimit } = await import('#roles/limit.ts');
      await revertLimit(await settingsFor(options), { ref: refOf(options), actor: actor() });
    },
  );
  onIngress(limit.command('check').description('show the limits in force and who set them')).action(
    async (options: TargetOptions) => {
      const { checkLimit } = await import('#roles/limit.ts');
      await checkLimit(await settingsFor(options), refOf(options));
    },
  );
}

function onIngress(command: Command): Command {
  return withConfigOption(
    command
      .requiredOption('--namespace <name>', 'namespace of the Ingress')
      .requiredOption('--ingress <name>', 'name of the Ingress'),
  );
}

function refOf(options: TargetOptions): IngressRef {
  return { namespace: options.namespace, name: options.ingress };
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0 || value > 1_000_000) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 1000000.');
  }
  return value;
}
