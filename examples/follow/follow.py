#!/usr/bin/env python3
"""Follow the log: count who was let in and who was refused at each entrance.

    apt-get install python3-psycopg
    PGDATABASE=mydb ./follow.py          (with the extension on the search_path)
    ./follow.py --once                   until there is nothing new

What is counted and the cursor are stored in one transaction, so whenever it is stopped, or the
server is, each event counts once. Run as many as you like under different names.
"""
import argparse
import time

import psycopg
from psycopg.rows import dict_row

PAGE_SIZE = 500
WAIT = 1  # seconds, when there is nothing new
PATIENCE = 60  # seconds that an open transaction may hold the log back without a word

COLUMNS = {"acs_entrance.access_granted": "granted", "acs_entrance.access_denied": "refused"}


def prepare(conn, name):
    with conn.transaction():
        conn.execute("CREATE TABLE IF NOT EXISTS followers (name text PRIMARY KEY, cursor text)")
        conn.execute(
            "CREATE TABLE IF NOT EXISTS visits (follower text REFERENCES followers, acs_entrance_id uuid,"
            " granted int NOT NULL DEFAULT 0, refused int NOT NULL DEFAULT 0, PRIMARY KEY (follower, acs_entrance_id))"
        )
        conn.execute("INSERT INTO followers VALUES (%s) ON CONFLICT DO NOTHING", (name,))


def count(conn, name, event):
    """What is done for an event; the entrance, if it was about one."""
    column = COLUMNS.get(event["event_type"])
    if column is None:
        return set()
    conn.execute(
        f"INSERT INTO visits AS v (follower, acs_entrance_id, {column}) VALUES (%s, %s, 1)"
        f" ON CONFLICT (follower, acs_entrance_id) DO UPDATE SET {column} = v.{column} + 1",
        (name, event["acs_entrance_id"]),
    )
    return {event["acs_entrance_id"]}


def follow_page(conn, name):
    """The next events, in one transaction with what they lead to; how many, and about which entrances."""
    entrances = set()
    with conn.transaction():
        # locked, so that two under one name take turns
        row = conn.execute("SELECT cursor FROM followers WHERE name = %s FOR UPDATE", (name,)).fetchone()
        events = conn.execute("SELECT * FROM acs_events_after(%s, %s)", (row["cursor"], PAGE_SIZE)).fetchall()
        for event in events:
            entrances |= count(conn, name, event)
        if events:
            conn.execute("UPDATE followers SET cursor = %s WHERE name = %s", (events[-1]["cursor"], name))
    return len(events), entrances


def show(conn, name, entrances):
    rows = conn.execute(
        "SELECT display_name, granted, refused"
        " FROM visits JOIN acs_entrances_list(page_size => 10000) AS e USING (acs_entrance_id)"
        " WHERE follower = %s AND acs_entrance_id = ANY (%s) ORDER BY 1",
        (name, list(entrances)),
    )
    for row in rows:
        print(f"{row['display_name']}: {row['granted']} let in, {row['refused']} refused", flush=True)


def complain(conn):
    """Of who has been holding the log back for long."""
    held = conn.execute(
        "SELECT * FROM acs_events_horizon() WHERE since < now() - make_interval(secs => %s)", (PATIENCE,)
    ).fetchone()
    if held:
        who = held["prepared"] or f"process {held['pid']} of {held['role']} in {held['database']}"
        print(f"held back since {held['since']} by {who}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--name", default="visits")
    options.add_argument("--once", action="store_true")
    options = options.parse_args()
    with psycopg.connect(row_factory=dict_row, autocommit=True) as conn:
        prepare(conn, options.name)
        changed = set()
        while True:
            n, entrances = follow_page(conn, options.name)
            changed |= entrances
            if n > 0:
                continue
            show(conn, options.name, changed)
            changed.clear()
            if options.once:
                break
            complain(conn)
            time.sleep(WAIT)


main()
