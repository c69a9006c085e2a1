/**
 * What leaves `capture`: decoded packets, 64 bytes each, in one ArrayBuffer seen as Int32Array and Float64Array. The
 * batch belongs to capture and is reused: whoever gets it reads it during the call and keeps nothing of it.
 */

/** Size of one packet record in 32-bit words. Word w of packet p lies at p * PACKET_WORDS + w of `i32`. */
export const PACKET_WORDS = 16;

/** Packet time, microseconds since the epoch: a double, at p * PACKET_WORDS / 2 of `f64` (words 0 and 1). */
export const PACKET_TIME = 0;
/** Source address: four big-endian words for IPv6, the first one alone for IPv4. */
export const PACKET_SOURCE = 2;
export const PACKET_DESTINATION = 6;
/** Source port in the upper 16 bits, destination port in the lower; 0 where the protocol has none. */
export const PACKET_PORTS = 10;
/** IANA protocol | TCP flags << 8 | transport header bytes << 16 | PACKET_IPV6. */
export const PACKET_KIND = 11;
/** Transport payload in bytes by the IP header's lengths; 0 for protocols other than TCP and UDP. */
export const PACKET_PAYLOAD = 12;
/** TCP sequence number; for ICMP and ICMPv6 type << 8 | code; 0 for other protocols. */
export const PACKET_SEQUENCE = 13;
/** TCP acknowledgement number; 0 for other protocols. */
export const PACKET_ACKNOWLEDGEMENT = 14;
/**
 * TCP window as sent, not scaled, in the lower 16 bits, 0 for other protocols. In the upper 16 the interface that the
 * packet was seen on, where the capture tells (cooked frames of version 2): a number that differs between interfaces
 * with neighbouring indexes; 0: not known.
 */
export const PACKET_WINDOW = 15;

/** Set in PACKET_KIND where the addresses are IPv6. */
export const PACKET_IPV6 = 1 << 24;

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_ICMPV6 = 58;

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;
export const TCP_URG = 0x20;
export const TCP_ECE = 0x40;
export const TCP_CWR = 0x80;

export interface PacketBatch {
  /** Packets in use. */
  count: number;
  /** Most packets that fit. */
  readonly capacity: number;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
}

/** A batch with room for `capacity` packets. */
export function createPacketBatch(capacity: number): PacketBatch {
  const buffer = new ArrayBuffer(capacity * PACKET_WORDS * 4);
  return { count: 0, capacity, i32: new Int32Array(buffer), f64: new Float64Array(buffer) };
}
