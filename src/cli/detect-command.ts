import { type Command, Option } from 'commander';
import { settingsFor, withConfigOption } from './settings.ts';

/** `kubesecure detect FILE`: the alerts in a capture. */
export function addDetectCommand(program: Command): void {
  const command = program
    .command('detect')
    .description('say which attacks are in a capture')
    .argument('<file>', 'pcap or pcapng file, - for standard input')
    .addOption(
      new Option('--output <format>', 'a table, or JSON Lines with one alert each')
        .choices(['table', 'json'])
        .default('table'),
    );
  withConfigOption(command).action(async (path: string, options: { output: 'table' | 'json'; config?: string }) => {
    const settings = await settingsFor(options);
    const { detect } = await import('#roles/detect.ts');
    await detect({ path, output: options.output, settings });
  });
}
