import { type Command, InvalidArgumentError } from 'commander';
import { settingsFor, withConfigOption } from './settings.ts';

interface UpOptions {
  readonly replay?: string;
  readonly speed: number | 'max';
  readonly loop?: true;
  readonly interface?: string;
  readonly port?: number;
  readonly config?: string;
}

/** `kubesecure up`: everything in one process. */
export function addUpCommand(program: Command): void {
  const command = program
    .command('up')
    .description('watch traffic, raise alerts, decide, serve the dashboard: everything in one process')
    .option('--replay <file>', 'replay a capture instead of watching an interface')
    .option('--speed <n>', 'how many times faster than it was recorded, or max', speed, 1)
    .option('--loop', 'begin the replay again when it is over')
    .option('--interface <name>', 'network interface to watch (any: all of them)')
    .option('--port <n>', 'port of the dashboard and the API (default 8080)', portNumber);
  withConfigOption(command).action(async (options: UpOptions) => {
    const settings = await settingsFor(options);
    const { up } = await import('#roles/up.ts');
    await up({
      settings: {
        ...settings,
        api: { ...settings.api, port: options.port ?? settings.api.port },
        capture: { ...settings.capture, interface: options.interface ?? settings.capture.interface },
      },
      replay:
        options.replay === undefined
          ? null
          : { path: options.replay, speed: options.speed, loop: options.loop === true },
      adminPassword: process.env['KUBESECURE_ADMIN_PASSWORD'] ?? null,
    });
  });
}

function speed(text: string): number | 'max' {
  if (text === 'max') return 'max';
  const value = Number(text);
  if (!(value > 0 && value <= 1_000_000)) throw new InvalidArgumentError('It must be max or a number above 0.');
  return value;
}

function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.');
  return value;
}
