#!/usr/bin/env python3
"""Runs a server for a while at a quiet rate with series that come and go, and says whether memory, open files and threads stay flat.

    bench/soak.py                          30 minutes, 2,000 samples a second, 100 new series a minute of which each lives five minutes
    MINUTES=10 RATE=500 bench/soak.py

Prints a line every half minute and, at the end, the means of the second and of the last quarter. Ends with 1 if one of them grew by more than a tenth
(memory: and by more than 20 MB; files and threads: and by more than 10).
"""
import json, math, os, random, shutil, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request

MINUTES, RATE, CHURN = float(os.environ.get("MINUTES", 30)), int(os.environ.get("RATE", 2000)), int(os.environ.get("CHURN", 100))
DETECTOR = os.environ.get("DETECTOR", "adaptive")
STEADY, LIFE_MINUTES = 200, 5
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SERVER = os.environ.get("SERVER") or os.path.join(ROOT, "src/Oddity.Server/bin/Release/net10.0/oddity")


def request(url, body=None, method=None):
    with urllib.request.urlopen(urllib.request.Request(url, body, method=method), timeout=30) as answer:
        return answer.read()


def figures(pid, folder):
    status = dict(line.split(":\t", 1) for line in open(f"/proc/{pid}/status") if ":\t" in line)
    stored = sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names)
    return int(status["VmRSS"].split()[0]) / 1024, len(os.listdir(f"/proc/{pid}/fd")), int(status["Threads"]), stored / 1048576


def main():
    work = tempfile.mkdtemp(prefix="oddity-soak-")
    port = random.randint(20000, 60000)
    url = f"http://127.0.0.1:{port}"
    environment = dict(os.environ, ODDITY_SOURCES__HOST__ENABLED="false", ODDITY_HTTP__OTLP_GRPC_PORT="0", ODDITY_HTTP__OTLP_HTTP_PORT="0", ODDITY_ENGINE__IDLE_AFTER="2m")
    log = open(os.path.join(work, "log"), "w")
    data = os.path.join(work, "data")
    server = subprocess.Popen([SERVER, "serve", "--data-dir", data, "--urls", url, "--auth", "none", "--detector", DETECTOR], stdout=log, stderr=log, env=environment)
    try:
        for _ in range(600):
            try:
                request(url + "/readyz")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        begun = time.monotonic()
        rows, sent, refused, born, alive = [], 0, 0, 0, []
        shown = second = 0
        print("minute  RSS MB  files  threads  data MB  samples", flush=True)
        while (now := time.monotonic() - begun) < MINUTES * 60:
            while born < now / 60 * CHURN:
                alive.append((now, f"churn{{id=\"{born}\"}}"))
                born += 1
            while alive and now - alive[0][0] > LIFE_MINUTES * 60:
                try:
                    request(f"{url}/api/v1/series?series={urllib.parse.quote(alive.pop(0)[1])}", method="DELETE")
                except urllib.error.HTTPError as error:
                    if error.code != 404:
                        raise
            events, at = [], time.time()
            for n in range(RATE):
                if n < len(alive):
                    metric, labels = "churn", {"id": alive[n][1][10:-2]}
                else:
                    metric, labels = "steady", {"s": str(n % STEADY)}
                events.append({"metric": metric, "labels": labels, "timestamp": at, "value": 50 + 10 * math.sin(at / 300 + n) + random.gauss(0, 1) + (500 if random.random() < 1e-5 else 0)})
            try:
                request(url + "/api/v1/events", json.dumps(events).encode())
                sent += len(events)
            except urllib.error.HTTPError as error:
                refused += 1
                if error.code not in (429, 503):
                    raise
            if now >= shown:
                rows.append(figures(server.pid, data))
                print(f"{now / 60:6.1f} {rows[-1][0]:7.0f} {rows[-1][1]:6d} {rows[-1][2]:8d} {rows[-1][3]:8.0f} {sent:8d}", flush=True)
                shown += 30
                request(url + "/api/v1/series?limit=10"), request(url + "/api/v1/anomalies?limit=10"), request(url + "/metrics")
            second += 1
            time.sleep(max(0, second - (time.monotonic() - begun)))
        quarter = max(1, len(rows) // 4)
        grew = False
        for name, column, least in (("RSS MB", 0, 20), ("files", 1, 10), ("threads", 2, 10)):
            before, after = (sum(row[column] for row in part) / len(part) for part in (rows[quarter:2 * quarter] or rows, rows[-quarter:]))
            grows = after > before * 1.1 and after - before > least
            grew |= grows
            print(f"{name}: {before:.1f} in the second quarter, {after:.1f} in the last{' GREW' if grows else ''}")
        print(f"{sent} samples sent, {refused} requests refused, {born} series began, {len(alive)} left of them")
        server.terminate()
        code = server.wait(30)
        print(f"ended with {code}")
        return 1 if grew or code else 0
    finally:
        server.poll() is None and server.kill()
        shutil.rmtree(work, ignore_errors=True)


sys.exit(main())
