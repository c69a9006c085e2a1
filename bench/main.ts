/** `make bench`: the speed of the flow engine beside tcpdump's. Arguments: packets in each capture, runs. */
import { benchFlows } from './flows.ts';

benchFlows(Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 3));
