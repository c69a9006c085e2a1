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
  /** Flows of two or more packets in the table, and of a single packet, with what fits of either. */
  readonly table: {
    readonly records: number;
    readonly recordCapacity: number;
    readonly seeds: number;
    readonly seedCapacity: number;
  };
  /** Clients and servers that are counted, and how many had to give way to others. */
  readonly entities: { readonly held: number; readonly evicted: number };
  /** Packet time of the newest packet, microseconds since the epoch; 0 before the first. */
  readonly packetTimeUs: number;
}
