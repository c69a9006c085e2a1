import type { Command } from 'commander';
import type { Config } from '#config/config.ts';

/** Adds the option that every command with settings has. */
export function withConfigOption(command: Command): Command {
  return command.option('--config <file>', 'YAML file with settings; KUBESECURE_* variables override it');
}

/** The settings that hold for this command. This is the one place that reads the environment. */
export async function settingsFor(options: { readonly config?: string | undefined }): Promise<Config> {
  // Schemas take long to load, and a command without settings needs none.
  const { loadConfig } = await import('#config/load.ts');
  const path = options.config ?? process.env['KUBESECURE_CONFIG'] ?? null;
  return loadConfig({ path, environment: process.env });
}
