#!/usr/bin/env python3
"""Judges several values measured together, by the judge's own metrics. usage: servers.py JUDGE DATA SCORES (needs numpy)

The first half of each machine-*, the first two thirds of each other file is unlabelled and not judged. Prints for both families and each file the
VUS-PR of the severity (window 100), the best and the shipped event-F1, and false alarms a series-day.
"""
import csv, gzip, os, sys

judge, data, scores = sys.argv[1:4]
sys.path.insert(0, judge)
import numpy as np
from metrics import event_counts, event_f1, vus

families = {"SMD": {}, "ASD": {}}
for name in sorted(os.listdir(data)):
    with gzip.open(os.path.join(data, name), "rt") as file:
        rows = list(csv.reader(file))[1:]
    smd = name.startswith("machine")
    cut = len(rows) // 2 if smd else len(rows) * 2 // 3
    label = np.array([float(row[-1]) for row in rows[cut:]])
    with open(os.path.join(scores, name.removesuffix(".gz"))) as file:
        scored = list(csv.DictReader(file))[cut:]
    column = lambda key: np.array([float(row[key]) for row in scored])
    families["SMD" if smd else "ASD"][name.removesuffix(".csv.gz")] = dict(
        label=label, severity=column("severity"), score=column("anomaly_score"), odd=column("is_anomaly"),
        days=(float(rows[-1][0]) - float(rows[cut][0])) / 86400)
for family, files in families.items():
    each = {name: vus(one["label"], one["severity"], 100)[1] for name, one in files.items()}
    best = event_f1([one["label"] for one in files.values()], [one["score"] for one in files.values()])
    hit, missed, false = np.sum([event_counts(one["label"], one["odd"]) for one in files.values()], axis=0)
    days = sum(one["days"] for one in files.values())
    print(f"{family}  vus_pr {np.mean(list(each.values())):.4f}  event_f1 oracle {best['f1']:.4f} shipped {2 * hit / max(2 * hit + missed + false, 1):.4f}"
          f"  (hit {hit}, missed {missed}, false alarms {false}; {false / days:.3f} per series-day)")
    print("     " + "  ".join(f"{name} {value:.3f}" for name, value in each.items()))
