import type { Command } from 'commander';
import { settingsFor, withConfigOption } from './settings.ts';

/** `kubesecure config check|print`: whether the settings are right, and which ones are in force. */
export function addConfigCommand(program: Command): void {
  const config = program.command('config').description('check or print the settings');
  withConfigOption(config.command('check').description('say whether the settings are right')).action(
    async (options: { config?: string }) => {
      await settingsFor(options);
      process.stdout.write('The settings are right.\n');
    },
  );
  withConfigOption(config.command('print').description('print the settings in force, secrets left out')).action(
    async (options: { config?: string }) => {
      const [{ stringify }, { withoutSecrets }] = await Promise.all([import('yaml'), import('#config/secrets.ts')]);
      process.stdout.write(stringify(withoutSecrets(await settingsFor(options))));
    },
  );
}
