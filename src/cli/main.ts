/** The command line: reads the arguments, hands over to a role, turns an error into one line and an exit code. */
import { Command, CommanderError } from 'commander';
import { exitCodeOf, KubeSecureError, reasonOf } from '#core/error.ts';
import { VERSION } from '#core/version.ts';
import { addConfigCommand } from './config-command.ts';
import { addDetectCommand } from './detect-command.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addFlowsCommand } from './flows-command.ts';
import { addLimitCommand } from './limit-command.ts';
import { addModelCommand } from './model-command.ts';
import { addUpCommand } from './up-command.ts';

const program = new Command('kubesecure')
  .description('Watches traffic, tells an attack from a busy day, and slows the attacker down at the ingress.')
  .version(VERSION)
  .showSuggestionAfterError()
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({ writeOut: (text) => endQuietly().write(text) })
  .hook('preAction', (_, command) => {
    // It writes to the descriptor by itself, and waits for its reader as a descriptor that Node left alone does.
    if (command.name() !== 'flows') endQuietly();
  });

for (const add of [
  addUpCommand,
  addDetectCommand,
  addFlowsCommand,
  addLimitCommand,
  addModelCommand,
  addDoctorCommand,
  addConfigCommand,
]) {
  add(program);
}

process.exitCode = await run();

/** A reader that has seen enough (`| head`) closes the pipe: that is no failure. */
function endQuietly(): NodeJS.WriteStream {
  return process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

async function run(): Promise<number> {
  try {
    await program.parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has already said what is wrong with the arguments, or printed the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`kubesecure: ${reasonOf(error)}\n`);
    if (!(error instanceof KubeSecureError) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return exitCodeOf(error);
  }
}
