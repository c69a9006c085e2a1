import { clockTime } from './words/times.ts';

/** A time in the reader's zone; pointing at it shows it in ISO 8601. */
export function Moment({ iso, nowMs }: { iso: string; nowMs: number }) {
  return (
    <time dateTime={iso} title={iso}>
      {clockTime(iso, nowMs)}
    </time>
  );
}
