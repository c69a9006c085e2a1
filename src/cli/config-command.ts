import type { Command } from 'commander';
import { stringify } from 'yaml';
import { withoutSecrets } from '#config/secrets.ts';
import { settingsFor, withConfigOption } from './settings.ts';

/** `kubesecure config check|print`: whether the settings are right, and which ones are in force. */
export function addConfigCommand(program: Command): void {
  const config = program.command('config').description('check or print the settings');
  withConfigOption(config.command('check').description('say whether the settings are right')).action(
    (options: { config?: string }) => {
      settingsFor(options);
      process.stdout.write('The settings are right.\n');
    },
  );
  withConfigOption(config.command('print').description('print the settings in force, secrets left out')).action(
    (options: { config?: string }) => {
      process.stdout.write(stringify(withoutSecrets(settingsFor(options))));
    },
  );
}
