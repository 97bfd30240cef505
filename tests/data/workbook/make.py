"""Writes params_Small.xlsx and what comes of it, worked out here and not by the program.

The rules are those of the published national model, as its documentation has them: explicit Euler
steps of a month; those referred and not accepted stay at risk. Needs openpyxl; run in this folder.
"""

import csv
from datetime import date
from math import exp, log

from openpyxl import Workbook

MONTHS = 12
CURVES = {
    "sharp": [0, 0.4, 0.3, 0.2, 0.1] + [0] * 7,
    "slow": [0, 0, 0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.15, 0.15],
}
GROUPS = {  # curve, people, percentage susceptible
    "Bereaved": ("slow", 4000, 12.5),
    "Hospital staff": ("sharp", 2500, 80),
    "Children": ("slow", 10001, 33.3),
}
NEEDS = {  # share of those at risk with a need
    ("Bereaved", "Depression"): 0.21,
    ("Bereaved", "PTSD"): 0.07,
    ("Hospital staff", "PTSD"): 0.3,
    ("Hospital staff", "Psychosis"): 0.004,
    ("Children", "Depression"): 0.11,
}
SPLITS = {  # weights, of any scale
    ("Bereaved", "Depression"): {"IAPT": 7, "GP": 3},
    ("Bereaved", "PTSD"): {"IAPT": 28, "Crisis": 1},
    ("Hospital staff", "PTSD"): {"IAPT": 0.6, "GP": 0.3, "Crisis": 0.1},
    ("Hospital staff", "Psychosis"): {"Crisis": 1},
    ("Children", "Depression"): {"GP": 100},
    ("Children", "PTSD"): {"GP": 50},  # no share in g2c: left out
}
SERVICES = {  # recovered, months, share who leave over them, contacts a month, accepted
    "IAPT": (0.53, 2, 0.5, 1.48, 0.62),
    "GP": (0.4, 1, 1, 0.9, 1),
    "Crisis": (0.25, 3, 0.8, 6, 0.75),
}
DEMAND = {"IAPT": (820, 31), "GP": (2400, 0)}  # underlying a month, suppressed that comes back


def starts_on(t):
    return date(2020 + (4 + t) // 12, (4 + t) % 12 + 1, 1)


def write_workbook():
    book = Workbook()
    book.remove(book.active)

    def sheet(name, *rows):
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)

    sheet("curves", ["month", *CURVES], *[[t, *(c[t] for c in CURVES.values())] for t in range(MONTHS)])
    sheet("groups", ["group", "curve", "size", "pcnt"], *[[g, *v] for g, v in GROUPS.items()])
    sheet("g2c", ["group", "condition", "pcnt"], *[[*k, v] for k, v in NEEDS.items()])
    splits = [[*k, s, w] for k, weights in SPLITS.items() for s, w in weights.items()]
    sheet("c2t", ["group", "condition", "treatment", "split"], *splits)
    head = ["treatment", "success", "months", "decay", "demand", "treat_pcnt"]
    sheet("treatments", head, *[[s, *v] for s, v in SERVICES.items()])
    demand = [[s, starts_on(t), *v] for s, v in DEMAND.items() for t in range(MONTHS)]
    sheet("demand", ["service", "month", "underlying", "suppressed"], *demand)
    book.save("params_Small.xlsx")


def pathways():
    """Share of those at risk who are referred, by group, condition and service."""
    shares = {}
    for (group, condition), weights in SPLITS.items():
        if (group, condition) in NEEDS:
            for service, weight in weights.items():
                share = NEEDS[group, condition] * weight / sum(weights.values())
                shares[group, condition, service] = share
    return shares


def leaving(service):
    _, months, decay, _, _ = SERVICES[service]
    return 1.0 if decay == 1 else 1 - exp(log(1 - decay) / months)


def run():
    """Rows of month, kind, group, condition, service, value."""
    share = pathways()
    no_need, at_risk = 0.0, dict.fromkeys(GROUPS, 0.0)
    treated = dict.fromkeys(share, 0.0)
    for t in range(MONTHS):
        entering = {g: CURVES[c][t] * n * p / 100 for g, (c, n, p) in GROUPS.items()}
        referred = {k: at_risk[k[0]] * pi for k, pi in share.items()}
        started = {k: r * SERVICES[k[2]][4] for k, r in referred.items()}
        left = {k: n * leaving(k[2]) for k, n in treated.items()}
        well = {k: n * SERVICES[k[2]][0] for k, n in left.items()}
        nothing = {g: n * (1 - sum(pi for k, pi in share.items() if k[0] == g)) for g, n in at_risk.items()}
        yield t, "no-mh-needs", "NA", "NA", "NA", no_need
        for g in GROUPS:
            yield t, "at-risk", g, "NA", "NA", at_risk[g]
            yield t, "new-at-risk", g, "NA", "NA", entering[g]
        for kind, values in [("treatment", treated), ("new-referral", referred), ("new-treatment", started)]:
            for k in share:
                yield t, kind, *k, values[k]
        no_need += sum(nothing.values()) + sum(well.values())
        for g in GROUPS:
            own = [k for k in share if k[0] == g]
            back = sum(left[k] - well[k] - started[k] for k in own)
            at_risk[g] += entering[g] + back - nothing[g]
        for k in share:
            treated[k] += started[k] - left[k]


def write(name, head, rows):
    with open(name, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def main():
    write_workbook()
    rows = list(run())
    write("Small_monthly_step1.csv", ["month", "kind", "group", "condition", "treatment", "value"], rows)

    def total(kind, column, name, month=None):
        return sum(r[5] for r in rows if r[1] == kind and r[column] == name and month in (None, r[0]))

    by_service = []
    for t in range(MONTHS):
        for s, (_, _, _, contacts, _) in SERVICES.items():
            r, n, c = (total(kind, 4, s, t) for kind in ("new-referral", "new-treatment", "treatment"))
            by_service.append([t, starts_on(t), s, r, n, c, c * contacts])
    head = ["month", "date", "treatment", "referrals", "starts", "caseload", "contacts"]
    write("Small_by_service_step1.csv", head, by_service)
    for what, column in [("group", 2), ("condition", 3), ("treatment", 4)]:
        table = []
        for name in dict.fromkeys(r[column] for r in rows if r[1] == "new-referral"):
            entered = [total("new-at-risk", 2, name)] if what == "group" else []
            table.append([name, *entered, total("new-referral", column, name), total("new-treatment", column, name)])
        entered = ["new_at_risk"] if what == "group" else []
        write(f"Small_surge_by_{what}.csv", [what, *entered, "referrals", "starts"], table)


main()
