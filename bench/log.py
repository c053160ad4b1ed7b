#!/usr/bin/env python3
"""What a durable append costs, by way of storing: groups of records, each group synced before the next. bench/log.py [FOLDER]; nothing of it is left there.

Prints for each way the groups a second, the median and the 99th percentile of a group's wait, and the processor time of a group.
"""
import os
import sqlite3
import sys
import tempfile
import time

GROUP, SIZE, GROUPS = 8, 2_500, 1_500  # As eight requests of 250 samples waiting together.


def measure(name, append):
    for _ in range(50):
        append()
    waits, cpu, begun = [], time.process_time(), time.perf_counter()
    for _ in range(GROUPS):
        at = time.perf_counter()
        append()
        waits.append(time.perf_counter() - at)
    total, cpu = time.perf_counter() - begun, time.process_time() - cpu
    waits.sort()
    print(f"{name:28} {GROUPS / total:8.0f} groups/s  p50 {waits[GROUPS // 2] * 1e3:6.2f} ms  p99 {waits[GROUPS * 99 // 100] * 1e3:6.2f} ms  processor {cpu / GROUPS * 1e6:6.0f} us")


def main():
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        record = os.urandom(SIZE)

        database = sqlite3.connect(os.path.join(folder, "log.db"), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000"):
            database.execute(f"PRAGMA {pragma}")
        database.execute("CREATE TABLE log(seq INTEGER PRIMARY KEY, payload BLOB NOT NULL)")

        def rows():
            database.execute("BEGIN IMMEDIATE")
            for _ in range(GROUP):
                database.execute("INSERT INTO log(payload) VALUES(?)", (record,))
            database.execute("COMMIT")

        measure("rows of SQLite (WAL, FULL)", rows)
        database.close()

        growing = os.open(os.path.join(folder, "growing"), os.O_CREAT | os.O_WRONLY)
        at = [0]

        def append(file):
            os.pwrite(file, record * GROUP, at[0])
            os.fdatasync(file)
            at[0] += GROUP * SIZE

        measure("file that grows", lambda: append(growing))
        sized = os.open(os.path.join(folder, "sized"), os.O_CREAT | os.O_WRONLY)
        os.write(sized, bytes(GROUP * SIZE * (GROUPS + 50)))
        os.fsync(sized)
        at[0] = 0
        measure("file of its size beforehand", lambda: append(sized))


main()
