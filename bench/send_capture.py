"""Sends the packets of a pcap on an interface, evenly: send_capture.py INTERFACE FILE PACKETS_PER_SECOND

Says "ready" when all is laid out, begins at a line on standard input, sends each packet once, and prints as JSON what
it did. It ends by itself: when all is sent, or after twice the time that should take.
"""

import array
import ctypes
import json
import mmap
import os
import socket
import struct
import sys
import time

BATCH = 256
FILE_HEADER = 24
RECORD_HEADER = 16
MAP_POPULATE = 0x8000


class IoVector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Message(ctypes.Structure):
    """struct mmsghdr"""

    _fields_ = [
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vector", ctypes.c_void_p),
        ("vector_length", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
        ("sent", ctypes.c_uint),
    ]


libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]


def lay_out(path):
    """Address and length of each frame, as the kernel wants them, all in one array."""
    descriptor = os.open(path, os.O_RDONLY)
    size = os.fstat(descriptor).st_size
    base = libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED | MAP_POPULATE, descriptor, 0)
    frames = array.array("Q")
    length_of = struct.Struct("<I").unpack_from
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as capture:
        at = FILE_HEADER
        while at < size:
            (length,) = length_of(capture, at + 8)
            frames.append(base + at + RECORD_HEADER)
            frames.append(length)
            at += RECORD_HEADER + length
    return frames


def send(descriptor, frames, per_second):
    vectors = (IoVector * BATCH)()
    messages = (Message * BATCH)()
    for i, message in enumerate(messages):
        message.vector = ctypes.addressof(vectors[i])
        message.vector_length = 1
    total = len(frames) // 2
    first_frame = frames.buffer_info()[0]
    sent = refused = 0
    start = time.monotonic()
    deadline = start + 2 * total / per_second
    while sent < total:
        now = time.monotonic()
        if now > deadline:
            break
        due = min(total, int((now - start) * per_second))
        if due == sent:
            time.sleep(0.001)
            continue
        count = min(BATCH, due - sent)
        ctypes.memmove(vectors, first_frame + sent * 16, count * 16)
        done = libc.sendmmsg(descriptor, messages, count, 0)
        if done < 0:
            # The interface's queue is full.
            refused += 1
            time.sleep(0.0005)
        else:
            sent += done
    return {"sent": sent, "seconds": time.monotonic() - start, "refused": refused}


def main():
    interface, path, per_second = sys.argv[1], sys.argv[2], float(sys.argv[3])
    frames = lay_out(path)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as raw:
        raw.bind((interface, 0))
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(send(raw.fileno(), frames, per_second)), flush=True)


if __name__ == "__main__":
    main()
