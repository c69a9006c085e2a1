"""Writes the flows of a capture as CSV: nfstream with its statistics on and its dissection off."""

import csv
import sys

from nfstream import NFStreamer


def main():
    streamer = NFStreamer(
        source=sys.argv[1],
        statistical_analysis=True,
        n_dissections=0,
        splt_analysis=0,
        n_meters=1,
        idle_timeout=120,
        active_timeout=120,
    )
    out = csv.writer(sys.stdout)
    for number, flow in enumerate(streamer):
        if number == 0:
            out.writerow(flow.keys())
        out.writerow(flow.values())


if __name__ == "__main__":
    main()
