/** How many packets, and when. */
export interface Schedule {
  readonly packets: number;
  /** Time of the first packet, microseconds since the epoch. */
  readonly startUs: number;
  /** Mean time between two packets, microseconds; need not be whole. */
  readonly stepUs: number;
}
