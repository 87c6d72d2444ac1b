#!/usr/bin/env python3
"""Issue a code, handle one that is taken, ask the door, revoke.

    apt-get install python3-psycopg
    PGDATABASE=mydb ./issue.py        (with the extension on the search_path)
"""
from datetime import datetime, timezone

import psycopg
from psycopg.rows import dict_row


def at(day, hour):
    return datetime(2099, 7, day, hour, tzinfo=timezone.utc)


def create(conn, **arguments):
    """acs_credentials_create(), with the API's names as keyword arguments."""
    names = ", ".join(f"{name} => %({name})s" for name in arguments)
    return conn.execute(f"SELECT * FROM acs_credentials_create({names})", arguments).fetchone()


def issue(conn, wish, **arguments):
    """The code wished for if it is free, else one of the system's choice."""
    try:
        with conn.transaction():  # a savepoint, so that the refusal costs nothing else
            return create(conn, code=wish, **arguments)
    except psycopg.errors.ExclusionViolation as error:
        if error.diag.constraint_name != "code_overlap":
            raise
        print("refused:", error.diag.constraint_name)
        return create(conn, **arguments)


def check(conn, door, code, instant):
    return conn.execute(
        "SELECT granted, reason FROM acs_access_check(%s, 'code', %s, at => %s)", (door, code, instant)
    ).fetchone()


with psycopg.connect(row_factory=dict_row) as conn:
    hotel = conn.execute("SELECT * FROM acs_systems_create('Hotel Bellevue')").fetchone()["acs_system_id"]
    door = conn.execute("SELECT * FROM acs_entrances_create(%s, 'Room 101')", (hotel,)).fetchone()["acs_entrance_id"]
    jane, joe = (
        conn.execute("SELECT * FROM acs_users_create(%s, %s)", (hotel, name)).fetchone()["acs_user_id"]
        for name in ("Jane Doe", "Joe Bloggs")
    )

    # create
    pin = create(conn, acs_user_id=jane, access_method="code", code="824759", starts_at=at(1, 15), ends_at=at(4, 10),
                 allowed_acs_entrance_ids=[door])
    print("created:", pin["display_name"])

    # a code that is taken
    other = issue(conn, "824759", acs_user_id=joe, access_method="code", starts_at=at(3, 15), ends_at=at(5, 10))
    print("another code:", other["code"] != "824759")

    # check: a refusal is a row
    print("during the stay:", check(conn, door, "824759", at(2, 12)))
    print("after it:", check(conn, door, "824759", at(4, 10)))

    # delete; and again is an error with a rule's name
    conn.execute("SELECT acs_credentials_delete(%s)", (pin["acs_credential_id"],))
    print("deleted:", check(conn, door, "824759", at(2, 12)))
    try:
        with conn.transaction():
            conn.execute("SELECT acs_credentials_delete(%s)", (pin["acs_credential_id"],))
    except psycopg.errors.NoDataFound as error:
        print("again:", error.diag.constraint_name)
