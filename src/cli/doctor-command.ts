import type { Command } from 'commander';
import { settingsFor, withConfigOption } from './settings.ts';

/** `kubesecure doctor`: what this machine can and cannot do, each with the remedy. */
export function addDoctorCommand(program: Command): void {
  withConfigOption(
    program.command('doctor').description('say what this machine can and cannot do, and what to do about it'),
  ).action(async (options: { config?: string }) => {
    const { doctor } = await import('#roles/doctor.ts');
    await doctor(await settingsFor(options));
  });
}
