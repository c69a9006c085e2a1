/** Live capture: `tcpdump` as a child, its savefile read from a pipe, started again when it dies. */
import { spawn, type ChildProcess } from 'node:child_process';
import { KubeSecureError, reasonOf } from '#core/error.ts';
import type { PacketBatch } from '#core/packet-batch.ts';
import type { CaptureConfig } from './config.ts';
import { dropCode, type CaptureCounters } from './drops.ts';
import { createFifo } from './fifo.ts';
import { createCaptureParser } from './parser.ts';
import { kernelDropsOf, startFailureOf } from './tcpdump-messages.ts';

const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 30_000;
/** How often tcpdump is asked for its counters. */
const STATISTICS_MS = 2000;
/** Enough of what it said for any message. */
const MOST_SAID_CHARACTERS = 4096;
const KERNEL = dropCode('kernel');

export interface LiveCapture {
  /** Resolves when tcpdump has ended; nothing is called after it. */
  stop(): Promise<void>;
}

/**
 * Watches an interface. `onError` gets the reason why capture cannot begin, once: `usage` for an interface or a filter
 * that cannot be, `forbidden` without the right to capture, `unavailable` without tcpdump. Once begun, capture goes on:
 * `onRestart` says why tcpdump has to be started again and after how long. Throws `unavailable` where no pipe can be made.
 */
export function startTcpdump(options: {
  readonly interface: string;
  readonly config: CaptureConfig;
  readonly counters: CaptureCounters;
  readonly onBatch: (batch: PacketBatch) => void;
  readonly onError: (error: KubeSecureError) => void;
  readonly onRestart: (reason: string, afterMs: number) => void;
}): LiveCapture {
  let hasBegun = false;
  let isStopping = false;
  let backOffMs = FIRST_BACK_OFF_MS;
  let retry: NodeJS.Timeout | undefined;
  let child = launch();

  function launch(): Run {
    return runTcpdump(options, {
      onListening() {
        hasBegun = true;
        backOffMs = FIRST_BACK_OFF_MS;
      },
      onEnd(failure) {
        if (isStopping) return;
        if (!hasBegun) {
          isStopping = true;
          options.onError(failure);
          return;
        }
        launchLater(failure.message);
      },
    });
  }

  function launchLater(reason: string): void {
    options.onRestart(reason, backOffMs);
    retry = setTimeout(() => {
      try {
        child = launch();
      } catch (error) {
        launchLater(reasonOf(error));
      }
    }, backOffMs);
    backOffMs = Math.min(backOffMs * 2, LONGEST_BACK_OFF_MS);
  }

  return {
    async stop() {
      isStopping = true;
      clearTimeout(retry);
      await child.stop();
    },
  };
}

interface Run {
  stop(): Promise<void>;
}

function runTcpdump(
  options: Parameters<typeof startTcpdump>[0],
  events: { readonly onListening: () => void; readonly onEnd: (failure: KubeSecureError) => void },
): Run {
  const name = `interface ${options.interface}`;
  const { counters, onBatch, config } = options;
  const parser = createCaptureParser({ name, counters, onBatch, config });
  const fifo = createFifo();
  const child = spawn('tcpdump', tcpdumpArguments(options.interface, config), {
    stdio: ['ignore', fifo.writeEnd, 'pipe'],
  });
  fifo.release();
  const statistics = setInterval(() => child.kill('SIGUSR1'), STATISTICS_MS);
  let said = '';
  let kernelDrops = 0;
  let failure: KubeSecureError | null = null;

  const drained = new Promise<void>((resolve) => {
    fifo.read(() => parser.room(), take, resolve);
  });
  function take(length: number): void {
    if (failure !== null) return;
    try {
      parser.advance(length);
    } catch (error) {
      failure = error instanceof KubeSecureError ? error : new KubeSecureError('internal', reasonOf(error));
      child.kill('SIGKILL');
    }
  }
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MOST_SAID_CHARACTERS);
    if (said.includes('listening on')) events.onListening();
    const drops = kernelDropsOf(said);
    if (drops <= kernelDrops) return;
    counters.packets += drops - kernelDrops;
    counters.drops[KERNEL] += drops - kernelDrops;
    kernelDrops = drops;
  });

  const ended = Promise.all([endOf(child), drained]).then(([cause]) => {
    clearInterval(statistics);
    events.onEnd(failure ?? startFailureOf(options.interface, said, cause));
  });
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function tcpdumpArguments(interfaceName: string, config: CaptureConfig): string[] {
  // Without -Z a packaged tcpdump that was started by root changes to a user of its own, which a container may lack.
  const asRoot = process.getuid?.() === 0 ? ['-Z', 'root'] : [];
  const limits = ['-s', String(config.snaplen), '-B', String(config.bufferKib)];
  const haste = config.immediate ? ['--immediate-mode'] : [];
  const filter = config.filter === '' ? [] : ['--', config.filter];
  return ['-i', interfaceName, '-n', '-U', '-w', '-', ...limits, ...haste, ...asRoot, ...filter];
}

/** Resolves with why the child could not be started, or null when it has run and ended. */
function endOf(child: ChildProcess): Promise<Error | null> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(error);
    });
    child.once('close', () => resolve(null));
  });
}
