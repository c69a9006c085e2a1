import { destination, pino } from 'pino';
import type { Log } from '#core/log.ts';
import type { TelemetryConfig } from './config.ts';

/**
 * JSON Lines on standard error. debug: one line a request or a batch; info: a change of state that is expected;
 * warn: something does not work and is tried again; error: something was lost or needs a person.
 */
export function createLog(settings: TelemetryConfig): Log {
  // Written at once: the last lines before a crash are the ones that count.
  return pino(
    { level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['*.authorization'] },
    destination({ fd: 2, sync: true }),
  );
}
