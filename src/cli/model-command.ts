import { type Command, InvalidArgumentError, Option } from 'commander';
import { KubeSecureError } from '#core/error.ts';
import { actor } from './actor.ts';
import { settingsFor, withConfigOption } from './settings.ts';

interface RecalibrateOptions {
  readonly reason?: string;
  readonly flagged?: 'attacks' | 'ordinary';
  readonly dryRun?: true;
  readonly yes?: true;
  readonly config?: string;
}

interface RollbackOptions {
  readonly to?: number | 'shipped';
  readonly reason: string;
  readonly config?: string;
}

/** `kubesecure model status|recalibrate|versions|rollback`: which model judges, by which calibration, and a person's word on that. */
export function addModelCommand(program: Command): void {
  const model = program.command('model').description('look at the model and its calibration, renew it, or go back');
  withConfigOption(
    model.command('status').description('say which model and calibration are in use, and whether traffic has drifted'),
  ).action(async (options: { config?: string }) => {
    const { modelStatus } = await import('#roles/model.ts');
    await modelStatus(await settingsFor(options));
  });

  withConfigOption(
    model
      .command('recalibrate')
      .description('make the ordinary traffic that was seen here the measure of what is ordinary')
      .option('--reason <words>', 'why; it is kept with the new version')
      .addOption(
        new Option('--flagged <meaning>', 'what the hours were in which something was flagged').choices([
          'attacks',
          'ordinary',
        ]),
      )
      .option('--dry-run', 'show what would change, and change nothing')
      .option('--yes', 'do it'),
  ).action(async (options: RecalibrateOptions) => {
    const { reason = '', flagged = null, dryRun = false, yes = false } = options;
    if (!dryRun && reason.trim() === '') {
      throw new KubeSecureError('usage', 'while recalibrating: give a --reason, or --dry-run to look only');
    }
    const { recalibrateModel } = await import('#roles/model.ts');
    const request = { reason: reason.trim(), flagged, dryRun, confirmed: yes, who: actor() };
    await recalibrateModel(await settingsFor(options), request);
  });

  withConfigOption(model.command('versions').description('list the calibrations')).action(
    async (options: { config?: string }) => {
      const { modelVersions } = await import('#roles/model.ts');
      await modelVersions(await settingsFor(options));
    },
  );

  withConfigOption(
    model
      .command('rollback')
      .description('go back to the calibration before, or to another')
      .option('--to <version>', 'a number, or shipped for the one that came with the model', version)
      .option('--reason <words>', 'why; it is kept in the history', ''),
  ).action(async (options: RollbackOptions) => {
    const { rollBackModel } = await import('#roles/model.ts');
    const { to = null, reason } = options;
    await rollBackModel(await settingsFor(options), { to, reason, who: actor() });
  });
}

function version(text: string): number | 'shipped' {
  if (text === 'shipped') return 'shipped';
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) throw new InvalidArgumentError('It must be a number, or shipped.');
  return value;
}
