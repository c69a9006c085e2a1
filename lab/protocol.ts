/** IANA protocol numbers that the lab speaks. */
export const IPPROTO = { icmp: 1, tcp: 6, udp: 17 } as const;
