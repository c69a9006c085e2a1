/** The settings of a flow table where nobody has set any; apart from the schema, which takes long to load. */
export const FLOWS_DEFAULTS = {
  capacity: 262_144,
  seeds: 65_536,
  idleTimeoutMs: 60_000,
  halfOpenTimeoutMs: 10_000,
  activeTimeoutMs: 120_000,
  lingerMs: 500,
  firstReportMs: 750,
  sweepMs: 250,
};
