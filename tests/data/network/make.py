"""Writes expected.csv: what comes of the network of this folder, simulated here patient by patient.

The files have the layout of the published Bristol model and its rules: each day stays end, then
places are filled by those who joined before today, then some who wait give up, then people join.
Another program, other random numbers: means agree within their standard errors. Needs numpy.
"""

import csv
import math
from collections import deque

import numpy as np

DAYS, WARM_UP, SWITCH = 1531, 730, 1166
SPANS = {"pre": (731, 1095), "during": (1096, 1165), "post": (1166, 1531)}
RUNS = 400


def table(name):
    with open(name, newline="") as file:
        return list(csv.DictReader(file))


network, arrivals = table("network_small.csv"), table("arrivals_small.csv")
after = {row[""]: row for row in table("postcov_flow_small.csv")}
names = [row[""] for row in network]
services = [row[""] for row in network if row["capacity"]]
before = {row[""]: row for row in network}


def chances(row, prefix=""):
    parts = [(n, float(row[prefix + n])) for n in names if row[prefix + n]]
    return [n for n, _ in parts], np.array([p for _, p in parts])


ROUTES = [{s: chances(rows[s]) for s in services} for rows in (before, after)]
GIVE_UP = {s: chances(before[s], "wt_") for s in services if before[s]["wt_fn"]}
HAZARD = {s: [float(p) for p in before[s]["wt_params"].split(";")] for s in GIVE_UP}
BY_DAY = {}
for row in arrivals:
    first, last = map(int, row["period"].split(";"))
    for day in range(first, last + 1):
        BY_DAY[row["node"], day] = row


def whole(rng, x):
    floor = math.floor(x)
    return max(0, floor + (rng.random() < x - floor))


def stay(rng, row):
    p = [float(x) for x in row["srv.par"].split(";") if x]
    if row["srv.dist"] == "const":
        return math.floor(p[0])
    if row["srv.dist"] == "lnorm":
        return whole(rng, rng.lognormal(p[0], p[1]))
    values, weights = p[0::2], np.array(p[1::2])
    return int(values[np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random())])


def next_place(rng, way):
    places, shares = way
    return places[min(int(np.searchsorted(np.cumsum(shares), rng.random())), len(places) - 1)]


def simulate(rng):
    queue = {s: deque() for s in services}
    ends = [{} for _ in range(DAYS + 1)]
    busy = dict.fromkeys(services, 0)
    sums = {}

    def count(day, service, metric, value):
        for span, (first, last) in SPANS.items():
            if first <= day <= last:
                key = (span, service, metric)
                sums[key] = sums.get(key, 0) + value

    for day in range(1, DAYS + 1):
        joining = []
        for s in services:
            for _ in range(ends[day].get(s, 0)):
                busy[s] -= 1
                count(day, s, "ends", 1)
                joining.append(next_place(rng, ROUTES[day >= SWITCH][s]))
        for s in services:
            row = BY_DAY[s, day]
            while queue[s] and busy[s] < float(row["capacity"]) and queue[s][0] < day:
                count(day, s, "waited", day - queue[s].popleft())
                count(day, s, "starts", 1)
                length = stay(rng, row)  # a day at least, with these parameters
                busy[s] += 1
                if day + length <= DAYS:
                    ends[day + length][s] = ends[day + length].get(s, 0) + 1
        for s in GIVE_UP:
            a, b, c, d = HAZARD[s]
            left = deque()
            for joined in queue[s]:
                x = day - joined
                if x >= 1 and rng.random() < d + (a - d) / (1 + (x / c) ** b):
                    count(day, s, "reneges", 1)
                    joining.append(next_place(rng, GIVE_UP[s]))
                else:
                    left.append(joined)
            queue[s] = left
        for s in services:
            row = BY_DAY[s, day]
            new = rng.poisson(float(row["arr.par"])) if row["arr.dist"] == "pois" else math.floor(float(row["arr.par"]))
            count(day, s, "arrivals", new)
            queue[s].extend([day] * new)
        for place in joining:
            if place in queue:
                queue[place].append(day)
        for s in services:
            count(day, s, "queue", len(queue[s]))
            count(day, s, "occupancy", busy[s])
    results = {}
    for span, (first, last) in SPANS.items():
        for s in services:
            of = lambda metric: sums.get((span, s, metric), 0)
            days = last - first + 1
            for metric in ("arrivals", "starts", "ends", "reneges"):
                results[span, s, metric] = of(metric)
            for metric in ("queue", "occupancy"):
                results[span, s, metric] = of(metric) / days
            results[span, s, "wait_start_mean"] = of("waited") / of("starts") if of("starts") else math.nan
    return results


def main():
    runs = [simulate(np.random.default_rng([2020, i])) for i in range(RUNS)]
    with open("expected.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["period", "node", "metric", "n_reps", "mean", "se"])
        for key in runs[0]:
            values = np.array([r[key] for r in runs])
            out.writerow([*key, RUNS, f"{values.mean():.6g}", f"{values.std(ddof=1) / RUNS**0.5:.6g}"])


main()
