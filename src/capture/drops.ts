/** Why a packet did not become part of a flow. */
export const DROP_REASONS = [
  'not-ip', // ARP, LLDP, ...
  'truncated', // fewer bytes were captured than the headers need
  'malformed', // headers that contradict themselves
  'fragment', // not the first fragment, so without ports
  'link-type', // from an interface whose link type is not supported
  'duplicate', // seen on another interface before
  'cut-file', // the file ends inside it
  'kernel', // lost before it reached us
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** Result of decoding a packet that was used; every other result is one more than an index into DROP_REASONS. */
export const USED = 0;

/** The result of decoding that stands for this reason. */
export function dropCode(reason: DropReason): number {
  return DROP_REASONS.indexOf(reason) + 1;
}

/** What capture has counted since its start. */
export interface CaptureCounters {
  packets: number;
  /** Bytes on the wire. */
  bytes: number;
  /** By drop code; place 0 is unused. */
  readonly drops: Float64Array;
  /** Time of the newest packet, microseconds since the epoch. */
  packetTimeUs: number;
}

export function createCaptureCounters(): CaptureCounters {
  return { packets: 0, bytes: 0, drops: new Float64Array(DROP_REASONS.length + 1), packetTimeUs: 0 };
}

/** Drops by name; reasons that did not occur are left out. */
export function dropsByReason(counters: CaptureCounters): Record<string, number> {
  const named: Record<string, number> = {};
  DROP_REASONS.forEach((reason, index) => {
    const count = counters.drops[index + 1];
    if (count > 0) named[reason] = count;
  });
  return named;
}
