#!/usr/bin/python3
"""Peers that Debian packages hold (python3-statsmodels, python3-sklearn) beside ours, in one run on one machine: processor time, best of several, and ratios.

usage: bench/peers.py [stl] [forest] ...    without names: all. Builds bench/Oddity.Bench first.
A new pair is a function in PEERS that returns {name: milliseconds}, and the names that `Oddity.Bench` prints as "name: 1.234 ms ...".
"""
import os
os.environ.update({name: '1' for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS')})
import re
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BENCH = os.path.join(ROOT, 'bench', 'Oddity.Bench', 'bin', 'Release', 'net10.0', 'Oddity.Bench.dll')


def best_ms(work, rounds):
    best = float('inf')
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best * 1000


def series(points, period):
    """The same series as Decomposition.Series makes."""
    state, values = 1, np.empty(points)
    for i in range(points):
        noise = 0.0
        for _ in range(4):
            state = (state * 1664525 + 1013904223) & 0xffffffff
            noise += state / 4294967296 - 0.5
        values[i] = (100 + 0.01 * i + 20 * np.sin(i * 2 * np.pi / period) + 7 * np.cos(3 * i * 2 * np.pi / period) + 3 * noise
                     + (60 if i % 997 == 500 else 0))
    return values


def stl(ours):
    from statsmodels.tsa.seasonal import STL
    values, found = series(10080, 288), {}
    for name, file, arguments, rounds in [
            ('stl jump 10 %, plain (2 inner)', 'plain-jump', dict(jump=True, robust=False, inner_iter=2, outer_iter=0), 5),
            ('stl jump 10 %, robust (1 inner, 15 outer)', 'robust-jump', dict(jump=True, robust=True, inner_iter=1, outer_iter=15), 3),
            ('stl exact, plain (5 inner)', 'plain-exact', dict(jump=False, robust=False, inner_iter=5, outer_iter=0), 2),
            ('stl exact, robust (2 inner, 15 outer)', 'robust-exact', dict(jump=False, robust=True, inner_iter=2, outer_iter=15), 1)]:
        jumps = dict(seasonal_jump=1, trend_jump=56, low_pass_jump=29) if arguments['jump'] else {}
        peer = STL(values, period=288, robust=arguments['robust'], **jumps)
        result = []
        found[name] = best_ms(lambda: result.append(peer.fit(inner_iter=arguments['inner_iter'], outer_iter=arguments['outer_iter'])), rounds)
        mine = np.loadtxt(os.path.join(ours, file + '.csv'), delimiter=',')
        off = max(np.max(np.abs(mine[:, 0] - result[-1].trend)), np.max(np.abs(mine[:, 1] - result[-1].seasonal))) / np.max(np.abs(values))
        print(f'# {name}: greatest difference {off:.1e} of the values, {np.max(np.abs(mine[:, 2] - result[-1].weights)):.1e} of the weights')
    return found


def forest(_):
    from sklearn.ensemble import IsolationForest
    found = {}

    def values(columns):
        """The same rows as Forest.Values makes."""
        state, made = 1, np.empty(10000 * columns)
        for i in range(made.size):
            made[i] = 0
            for _ in range(3):
                state = (state * 1664525 + 1013904223) & 0xffffffff
                made[i] += state / 4294967296
        return made.reshape(-1, columns)
    for columns, fit in [(1, 'forest fit, 1 column (folded, newest 256 rows)'), (3, 'forest fit, 3 columns'), (10, 'forest fit, 10 columns')]:
        asked, score = values(columns), f'forest score, {columns} column{"s" if columns > 1 else ""}, 1000 rows'
        rows = asked[:256] if columns == 1 else asked
        peer = IsolationForest(n_estimators=100, max_samples=256, random_state=1)
        found[fit] = best_ms(lambda: peer.fit(rows), 5)
        found[score] = best_ms(lambda: peer.score_samples(asked[:1000]), 5)
    return found


PEERS = {'stl': stl, 'forest': forest}


def main(names):
    subprocess.run(['dotnet', 'build', '-c', 'Release', '--nologo', '-v', 'q', os.path.join(ROOT, 'bench', 'Oddity.Bench')], check=True)
    for name in names or PEERS:
        with tempfile.TemporaryDirectory() as ours:
            printed = subprocess.run(['dotnet', BENCH, name, ours], check=True, capture_output=True, text=True).stdout
            mine = dict((key, float(ms)) for key, ms in re.findall(r'^(.+?): ([0-9.]+) ms', printed, re.M))
            for key, theirs in PEERS[name](ours).items():
                print(f'{key:45} peer {theirs:10.3f} ms   ours {mine[key]:8.3f} ms   {theirs / mine[key]:8.1f} x')


if __name__ == '__main__':
    main(sys.argv[1:])
