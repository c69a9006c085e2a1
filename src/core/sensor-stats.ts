/** Counters of the packet path, all since its start. Every packet is in a flow or in one of `drops`. */
export interface SensorStats {
  readonly source: string;
  readonly packets: number;
  readonly bytes: number;
  /** Packets not used, by reason, e.g. `truncated`, `not-ip`, `fragment`, `kernel`. */
  readonly drops: Readonly<Record<string, number>>;
  readonly flowsOpen: number;
  readonly flowsReported: number;
  readonly flowsEvicted: number;
  /** Packet time of the newest packet, microseconds since the epoch; 0 before the first. */
  readonly packetTimeUs: number;
}
