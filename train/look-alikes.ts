/** Ordinary scenarios that are made to look like an attack. */
export const LOOK_ALIKES: ReadonlySet<string> = new Set([
  'connection-pools',
  'failed-logins',
  'flash-crowd',
  'image-pull',
  'name-bursts',
  'nightly-dump',
  'ping-sweep',
  'retry-storm',
  'rolling-update',
  'scrapes',
  'slow-clients',
]);
