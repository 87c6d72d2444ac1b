#!/usr/bin/python3
"""Measure the extension against its peer and bare statements: see README.md.

Needs a running server with the extension installed (bench/run makes one), of which this is a
superuser on the same machine. Works in databases of its own, named bench_*, and writes
results.json, RESULTS.md and charts into the directory of --out.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import string
import subprocess
import sys
import tempfile
import time

import psycopg

import report

HERE = pathlib.Path(__file__).resolve().parent
FIRST_NEW = 10_000_000    # number of the first code that no loaded credential has
FIRST_UNKNOWN = 90_000_000
FIRST_LISTED = 80_000_000    # of credentials for a list, or of past windows
WINDOW_COUNTS = [1, 10, 100, 1_000, 10_000]

EXCLUSION = """ALTER TABLE acs_credentials ADD CONSTRAINT no_overlap EXCLUDE USING gist (
    workspace_id WITH =, acs_system_id WITH =, access_method WITH =, identifier WITH =,
    tstzrange(valid_from, least(ends_at, used_up_at)) WITH &&) WHERE (identifier IS NOT NULL)"""
TEMPORAL_KEY = """ALTER TABLE acs_credentials
    ADD COLUMN validity tstzrange GENERATED ALWAYS AS (tstzrange(valid_from, least(ends_at, used_up_at))) STORED,
    ADD CONSTRAINT no_overlap UNIQUE (workspace_id, acs_system_id, access_method, identifier,
                                      validity WITHOUT OVERLAPS)"""
# arguments of peer_object(): a function with sub-selects would not be inlined
SURROUNDINGS = """(SELECT u.user_identity_id FROM acs_users u
             WHERE u.workspace_id = c.workspace_id AND u.acs_user_id = c.acs_user_id),
           ARRAY(SELECT x.acs_entrance_id FROM acs_credential_entrances x
                  WHERE x.workspace_id = c.workspace_id
                    AND x.acs_credential_id = coalesce(c.parent_acs_credential_id, c.acs_credential_id) ORDER BY 1),
           (SELECT bool_or(CASE c.access_method WHEN 'code' THEN d.can_unlock_with_code
                                WHEN 'card' THEN d.can_unlock_with_card ELSE d.can_unlock_with_mobile_key END)
              FROM acs_credential_entrances x
              JOIN acs_entrances d ON d.workspace_id = x.workspace_id AND d.acs_entrance_id = x.acs_entrance_id
             WHERE x.workspace_id = c.workspace_id
               AND x.acs_credential_id = coalesce(c.parent_acs_credential_id, c.acs_credential_id))"""
# schema of a peer: its guard, and the window as the guard has it
PEERS = {
    "peer": (EXCLUSION, "tstzrange(p.valid_from, least(p.ends_at, p.used_up_at))"),
    "temporal": (TEMPORAL_KEY, "p.validity"),
}


# ---------- SQL files ----------

class Template(string.Template):
    """@name, since $ is part of SQL."""
    delimiter = "@"


def sql_file(name, **values):
    return Template((HERE / "sql" / name).read_text()).safe_substitute(values)


def operations_of(variant):
    """The texts of sql/operations/*.sql by their names."""
    name = "peer" if variant in PEERS else {"acs": "extension"}.get(variant, variant)
    parts = re.split(r"^-- name: (.*)\n", sql_file(f"operations/{name}.sql"), flags=re.MULTILINE)
    return {title: text.strip() for title, text in zip(parts[1::2], parts[2::2])}


# ---------- sessions ----------

class Session:
    """A backend, and the processor time that it takes."""

    def __init__(self, database, variant="acs", label=None):
        self.variant, self.label = variant, label or variant
        self.connection = psycopg.connect(dbname=database, autocommit=True)
        self.execute(f"SET search_path = {', '.join(dict.fromkeys([variant, 'acs', 'public']))}")
        self.execute("SET synchronous_commit = off")
        self.pid = self.value("SELECT pg_backend_pid()")

    def execute(self, text):
        return self.connection.execute(text)

    def value(self, text):
        return self.execute(text).fetchone()[0]

    def processor_time(self):
        """Microseconds; the kernel has counted all of it while the backend waits for us."""
        with open(f"/proc/{self.pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1000

    def cost(self, text):
        """Processor and wall time of a statement, in microseconds."""
        processor, wall = self.processor_time(), time.perf_counter()
        self.execute(text)
        return self.processor_time() - processor, (time.perf_counter() - wall) * 1e6

    def close(self):
        self.connection.close()


def create_database(name):
    with psycopg.connect(dbname="postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        connection.execute(f"ALTER DATABASE {name} SET credentials.lockout_attempts = 1000000")
        connection.execute(f"ALTER DATABASE {name} SET timezone = 'UTC'")
    session = Session(name, "public")
    session.execute("CREATE SCHEMA acs")
    session.execute(sql_file("setup.sql"))
    session.close()


def drop_database(name):
    with psycopg.connect(dbname="postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def load(name, file, **values):
    """Rows into the extension's tables, as a restore would, with what triggers maintain."""
    session = Session(name)
    with session.connection.transaction():
        session.execute("SET LOCAL session_replication_role = replica")
        session.execute(sql_file(file, **values))
    session.close()


def make_peer(session):
    guard, window = PEERS[session.variant]
    session.execute(f"SELECT bench.drop_look_up_indexes('{session.variant}')")
    session.execute(guard)
    session.execute(sql_file("peer.sql", window=window, surroundings=SURROUNDINGS))


def make_variant(name, variant):
    """The tables of a variant, with the rows of the extension's, and its functions."""
    if variant != "acs":
        session = Session(name, variant)
        session.execute(f"SELECT bench.copy_tables('{variant}')")
        if variant in PEERS:
            make_peer(session)
        session.execute(f"SELECT bench.copy_rows('{variant}')")
        session.close()
    make_loops(name, variant)


# ---------- operations ----------

LOOP = """
CREATE FUNCTION @schema.@function(operation_ text, round_ integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    workspace uuid := acs_workspace_id();
    k bench.cases;
    f record;
    new_id uuid;
BEGIN
    @body
END
$$"""
EACH_CASE = """FOR k IN SELECT * FROM bench.cases c
              WHERE c.operation = operation_ AND c.round = round_ ORDER BY c.number
    LOOP
        %s
    END LOOP;"""
CASES = "(SELECT * FROM bench.cases c WHERE c.operation = operation_ AND c.round = round_)"


def function_of(operation):
    return "run_" + re.sub(r"\W+", "_", operation.lower())


def make_loops(name, variant):
    session = Session(name, variant)
    texts = operations_of(variant)
    for operation, text in {**texts, "nothing": "NULL;"}.items():
        body = Template(text).substitute(cases=CASES, check_granted=texts["check granted"])
        if "@cases" not in text:
            body = EACH_CASE % body
        session.execute(Template(LOOP).substitute(
            schema=variant, function=function_of(operation), body=body))
    session.close()


# The number of a credential in its part of the table, from r, the number of the row that a case takes.
# Known ones are those whose doors take no unknown codes. No row is changed or deleted twice.
KNOWN = "(SELECT j / 1000 * 2000 + j % 1000 FROM (SELECT r * 7919 % greatest(@rows / 4, 1) AS j) s)"
CHANGED = "@rows / 2 + i * 7919 % (@rows * 3 / 10)"
DELETED = "@rows - 1 - i * 7919 % (@rows / 5)"


class Case:
    """How the arguments of an operation follow from the number of a case, i, and that of its row, r."""

    def __init__(self, credential=KNOWN, user="n / 2", door="bench.entrance_of(n)", code="bench.code(n)",
                 start="now()", end="now() + interval '1 year'", share=1.0):
        self.credential, self.user, self.door, self.code = credential, user, door, code
        self.start, self.end, self.share = start, end, share


NEW_CODE = "bench.code(@new + i)"
OTHER_DOOR = "CASE WHEN bench.entrance_of(n) < 980 THEN bench.entrance_of(n) + 20 ELSE bench.entrance_of(n) - 20 END"
CASE_OF = {
    "create": Case(code=NEW_CODE),
    "create with a door": Case(code=NEW_CODE),
    "create in a set": Case(code=NEW_CODE, share=4),
    "check granted": Case(share=2),
    "check refused": Case(door=OTHER_DOOR, share=2),
    "check unknown": Case(code="bench.code(@unknown + i)", share=2),
    "request granted": Case(),
    "request refused": Case(door=OTHER_DOOR),
    "request unknown": Case(code="bench.code(@unknown + i)", door="500 + i % 500"),
    "update of the end": Case(CHANGED, end="now() + interval '1 year' + i * interval '1 second'"),
    "update of the code": Case(CHANGED, code=NEW_CODE),
    "delete": Case(DELETED),
    "user with a group": Case(),
    "get": Case(share=2),
    "list of a user": Case(share=0.2),
    "list of a system": Case(share=0.02),
    "JSON of a credential": Case(),
    "row_to_json": Case(),
    "request of a get": Case(),
}
OPERATIONS = list(CASE_OF)
OTHER_ROWS = ["create", "check granted", "check refused", "request granted", "get"]
OTHER = ", other rows"


def add_cases(session, operation, case, calls, rounds, values, row="i"):
    """The rounds 0 to rounds of an operation."""
    fill = Template(f"""
        INSERT INTO bench.cases (operation, round, number, acs_credential_id, acs_user_id, acs_system_id,
                                 acs_entrance_id, code, starts_at, ends_at)
        SELECT '{operation}', i / {calls}, i % {calls}, bench.credential_id(n), bench.user_id({case.user}),
               bench.system_id(bench.system_of(n)), bench.entrance_id({case.door}), {case.code},
               {case.start}, {case.end}
          FROM generate_series(0::bigint, {calls * (rounds + 1)} - 1) i
         CROSS JOIN LATERAL (SELECT {row} AS r) p
         CROSS JOIN LATERAL (SELECT {case.credential} AS n) l""")
    session.execute(fill.substitute(values))


def prepare_cases(name, rows, rounds, calls, smallest=None):
    """All arguments, before anything is measured: the round 0 warms up. Returns calls a round;
    of databases to be compared, those that the smallest has rows for. Each round reads the rows
    of the one before again; for growth there are cases that have other rows in each as well."""
    session = Session(name)
    numbers = {}
    for position, (operation, case) in enumerate(CASE_OF.items()):
        n = int(calls * case.share)
        if operation == "delete":
            n = min(n, (smallest or rows) // 5 // (rounds + 1))
        n = numbers[operation] = max(1, n)
        values = {"rows": rows, "new": FIRST_NEW + position * 2_000_000, "unknown": FIRST_UNKNOWN}
        add_cases(session, operation, case, n, rounds, values, row=f"i % {n}")
        if smallest and operation in OTHER_ROWS:
            values["new"] += 1_000_000
            add_cases(session, operation + OTHER, case, n, rounds, values)
    session.execute("UPDATE bench.cases k SET credential = acs_credentials_get(k.acs_credential_id) "
                    "WHERE operation IN ('JSON of a credential', 'row_to_json')")
    session.close()
    vacuum(name)
    return numbers


def vacuum(name):
    session = Session(name)
    session.execute("VACUUM ANALYZE")
    session.close()


def warm_sessions(variants):
    """Sessions for [(database, variant, label)], which have read every page of their tables: it is
    in the server's buffers then, and those are in the backend's memory map."""
    sessions = []
    for database, variant, label in variants:
        session = Session(database, variant, label)
        session.execute("CREATE EXTENSION IF NOT EXISTS pageinspect SCHEMA public")
        session.execute(f"""
            SELECT count(public.get_raw_page(c.oid::regclass::text, block))
              FROM pg_class c
             CROSS JOIN LATERAL generate_series(0, pg_relation_size(c.oid) / 8192 - 1) block
             WHERE c.relnamespace = '{variant}'::regnamespace AND c.relkind IN ('r', 'i')""")
        sessions.append(session)
    return sessions


def cost_of(session, operation, round_, calls, cases=None):
    """A call's share of the loop's cost, less that of a loop that does nothing."""
    empty = session.cost(f"SELECT run_nothing('{cases or operation}', {round_})")
    full = session.cost(f"SELECT {function_of(operation)}('{cases or operation}', {round_})")
    return [(full[i] - empty[i]) / calls for i in range(2)]


def measure_operations(sessions, numbers, rounds, operations=OPERATIONS, suffix=""):
    """Alternating rounds: {operation: {label of a session: [[processor, wall], ...]}}."""
    results = {}
    for operation in operations:
        able = [s for s in sessions if operation in operations_of(s.variant)]
        costs = {s.label: [] for s in able}
        for round_ in range(rounds + 1):
            turn = round_ % len(able)
            for session in able[turn:] + able[:turn]:
                cost = cost_of(session, operation, round_, numbers[operation], cases=operation + suffix)
                if round_ > 0:
                    costs[session.label].append(cost)
        results[operation] = costs
    return results


# ---------- equality ----------

def compare_peers(peers):
    """Every comparison of sql/equality.sql: [peer, name, are they equal?]."""
    compared = []
    for peer in peers:
        create_database("bench_equality")
        load("bench_equality", "load.sql", rows=40)
        session = Session("bench_equality", peer)
        session.execute(f"SELECT bench.copy_tables('{peer}')")
        make_peer(session)
        session.execute(sql_file("equality.sql", schema=peer))
        compared += [[peer, name, ours == theirs] for name, ours, theirs in
                     session.execute("SELECT * FROM comparisons ORDER BY name")]
        session.close()
        drop_database("bench_equality")
    return compared


# ---------- parts ----------

def part_operations(options):
    """A call of each kind: extension, peers, bare statements; and what a credential takes on disk."""
    name, variants = "bench_operations", ["acs", *options.peers, "bare"]
    create_database(name)
    load(name, "load.sql", rows=options.rows)
    for variant in variants:
        make_variant(name, variant)
    sizes = {variant: storage(name, variant, options.rows) for variant in variants if variant != "bare"}
    numbers = prepare_cases(name, options.rows, options.rounds, options.calls)
    sessions = warm_sessions([(name, variant, variant) for variant in variants])
    costs = measure_operations(sessions, numbers, options.rounds)
    finish(name, sessions)
    return {"costs": costs, "storage": sizes}


def finish(name, sessions):
    for session in sessions:
        session.close()
    drop_database(name)


def storage(name, variant, rows):
    """Bytes a credential of the table and of each of its indexes."""
    session = Session(name)
    sizes = session.execute(f"""
        SELECT CASE WHEN c.relkind = 'r' THEN 'heap'
                    ELSE regexp_replace(pg_get_indexdef(c.oid), '^.* USING ', '') END,
               pg_relation_size(c.oid)::float / {rows}
          FROM pg_class c
         WHERE c.oid = '{variant}.acs_credentials'::regclass
            OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = '{variant}.acs_credentials'::regclass)
         ORDER BY 2 DESC""").fetchall()
    session.close()
    return sizes


def part_growth(options):
    """The same calls where there are few credentials and where there are many, alternating."""
    sizes, variants = {"bench_small": options.small, "bench_big": options.big}, ["acs", "bare"]
    calls = min(options.calls, 100)
    for name, rows in sizes.items():
        create_database(name)
        load(name, "load.sql", rows=rows)
        if name == "bench_big":
            load(name, "load_lists.sql", first=FIRST_LISTED)
        for variant in variants:
            make_variant(name, variant)
        numbers = prepare_cases(name, rows, options.rounds, calls, smallest=options.small)
    sessions = warm_sessions([(name, variant, f"{variant} {rows}")
                              for name, rows in sizes.items() for variant in variants])
    costs = measure_operations(sessions, numbers, options.rounds)
    others = measure_operations(sessions, numbers, options.rounds, OTHER_ROWS, OTHER)
    lists = measure_lists(sessions[2], options.rounds)
    for session in sessions:
        session.close()
    for name in sizes:
        drop_database(name)
    return {"sizes": list(sizes.values()), "costs": costs, "other rows": others, "lists": lists}


LISTS = {
    "a user's 2 credentials": "acs_user_id => bench.user_id(7)",
    "a user's 10,000 credentials": "acs_user_id => bench.user_id(@first)",
    "a system's credentials": "acs_system_id => bench.system_id(7)",
    "20 credentials of a new system": "acs_system_id => bench.system_id(20)",
}


def measure_lists(session, rounds):
    """First pages: {list: [[processor, wall], ...]}, in microseconds."""
    costs = {}
    for title, argument in LISTS.items():
        call = f"SELECT count(*) FROM acs_credentials_list({argument})"
        call = Template(call).substitute(first=FIRST_LISTED)
        costs[title] = [session.cost(call) for _ in range(rounds + 1)][1:]
    return costs


def part_past_windows(options):
    """Create and check of a code that had many windows before."""
    name, variants = "bench_past", ["acs", "peer"]
    create_database(name)
    load(name, "load.sql", rows=1000)
    # The codes without a past window are not told: their calls plan again after each VACUUM.
    codes = {count: 20 if count <= 100 else 2 for count in [0, *options.windows]}
    first = FIRST_LISTED
    for count, number in codes.items():
        load(name, "load_windows.sql", first=first, count=count, codes=number)
        first += count * number + number
    for variant in variants:
        make_variant(name, variant)
    calls, numbers = 20, {}
    session = Session(name)
    for count, number in codes.items():
        case = Case(credential="0", user="20 * (i % 25)", door="0",
                    code=f"bench.window_code({count}, i % {number})",
                    start="now() + (i + 10) * interval '1 day'", end="now() + (i + 11) * interval '1 day'")
        for operation in ("create", "check granted"):
            numbers[operation, count] = calls
            add_cases(session, f"{operation} {count}", case, calls, options.rounds, {})
    session.close()
    vacuum(name)
    sessions = warm_sessions([(name, variant, variant) for variant in variants])
    costs = {operation: {count: {v: [] for v in variants} for count in codes}
             for operation in ("create", "check granted")}
    for round_ in range(options.rounds + 1):
        for operation, count in numbers:
            for session in sessions if round_ % 2 else sessions[::-1]:
                cost = cost_of(session, operation, round_, calls, cases=f"{operation} {count}")
                if round_ > 0:
                    costs[operation][count][session.variant].append(cost)
        for session in sessions:
            session.execute("DELETE FROM acs_credentials WHERE starts_at > now() + interval '5 days'")
            session.execute("VACUUM acs_credentials")
    finish(name, sessions)
    for of in costs.values():
        del of[0]
    return {"costs": costs}


def part_import(options):
    """Users with a code and a door each, in one transaction, into tables that were analyzed while small."""
    name, variants = "bench_import", ["acs", "peer"]
    create_database(name)
    load(name, "load.sql", rows=100)
    for variant in variants:
        make_variant(name, variant)
    session = Session(name)
    add_cases(session, "import", Case(credential="i % 40", code="bench.code(@new + i)"), options.chunk,
              options.chunks - 1, {"new": FIRST_NEW})
    session.close()
    vacuum(name)
    costs = {}
    for variant in variants:
        session = Session(name, variant)
        session.execute("BEGIN")
        costs[variant] = [cost_of(session, "import", chunk, options.chunk) for chunk in range(options.chunks)]
        session.execute("COMMIT")
        session.close()
    drop_database(name)
    return {"chunk": options.chunk, "costs": costs}


CLIENTS = {
    "create": ("\\set n random(0, @last / 2)\n\\set code random(100000000000, 999999999999)\n",
               {"acs": "acs_credentials_create(acs_user_id => bench.user_id(:n), access_method => 'code', code => :code)",
                "peer": "peer_create(bench.user_id(:n), 'code', :code)"}),
    "check": ("\\set n random(0, @last)\n",
              {"acs": "acs_access_check(bench.entrance_id(bench.entrance_of(:n)), 'code', bench.code(:n))",
               "peer": "peer_check(bench.entrance_id(bench.entrance_of(:n)), 'code', bench.code(:n))"}),
    "request, many doors": ("\\set n random(0, @last)\n",
                {"acs": "acs_access_request(bench.entrance_id(bench.entrance_of(:n)), 'code', bench.code(:n))",
                 "peer": "peer_request(bench.entrance_id(bench.entrance_of(:n)), 'code', bench.code(:n))"}),
    "request, one door, unknown codes": ("\\set code random(100000000000, 999999999999)\n",
                {"acs": "acs_access_request(bench.entrance_id(500), 'code', :code)",
                 "peer": "peer_request(bench.entrance_id(500), 'code', :code)"}),
}


def pgbench(name, variant, script, clients, length):
    """Transactions a second."""
    environment = {**os.environ, "PGDATABASE": name,
                   "PGOPTIONS": f"-c search_path={variant},acs,public -c synchronous_commit=off"}
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        result = subprocess.run(
            ["pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}",
             f"--jobs={min(clients, os.cpu_count())}", f"--file={file.name}", *length],
            env=environment, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr)
    return float(re.search(r"^tps = ([0-9.]+)", result.stdout, flags=re.MULTILINE).group(1))


def part_clients(options):
    """Transactions a second of 1 to 16 clients: {operation: {variant: {clients: ...}}}."""
    name, variants, rows = "bench_clients", ["acs", "peer"], options.rows
    create_database(name)
    load(name, "load.sql", rows=rows)
    for variant in variants:
        make_variant(name, variant)
    vacuum(name)
    rates = {}
    for operation, (settings, calls) in CLIENTS.items():
        rates[operation] = {variant: {} for variant in variants}
        for clients in options.clients:
            for variant in variants:
                script = Template(settings).substitute(last=rows - 1) + f"SELECT {calls[variant]};\n"
                rates[operation][variant][clients] = pgbench(name, variant, script, clients, options.client_length)
    drop_database(name)
    return {"rates": rates}


PARTS = {
    "operations": part_operations,
    "growth": part_growth,
    "past_windows": part_past_windows,
    "import": part_import,
    "clients": part_clients,
}


# ---------- the program ----------

def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=HERE, help="where results go")
    parser.add_argument("--rows", type=int, default=100_000, help="credentials, but for growth")
    parser.add_argument("--big", type=int, default=1_000_000, help="credentials that growth goes to")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=500, help="calls of an operation in a round")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--smoke", action="store_true", help="tiny, to see that everything runs")
    options = parser.parse_args()
    options.small, options.windows, options.chunk, options.chunks = 10_000, WINDOW_COUNTS, 2_000, 5
    options.clients, options.client_length = [1, 2, 4, 8, 16], ["--time=2"]
    if options.smoke:
        options.rows, options.small, options.big, options.rounds, options.calls = 1000, 200, 400, 1, 10
        options.windows, options.chunk, options.chunks = [1, 10], 10, 2
        options.clients, options.client_length = [1, 2], ["--transactions=10"]
    return options


def facts(options):
    session = Session("postgres")
    server = session.value("SHOW server_version_num")
    facts = {
        "server": session.value("SELECT split_part(version(), ' (', 1)"),
        "extension": session.value("SELECT default_version FROM pg_available_extensions WHERE name = 'credentials'"),
        "shared_buffers": session.value("SHOW shared_buffers"),
        "processors": os.cpu_count(),
        "architecture": platform.machine(),
        "memory": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2 ** 30),
        "rows": options.rows, "rounds": options.rounds, "calls": options.calls, "smoke": options.smoke,
    }
    session.close()
    return facts, int(server)


def main():
    options = read_options()
    results = {}
    results["facts"], server = facts(options)
    options.peers = ["peer"] + (["temporal"] if server >= 180000 else [])
    results["equality"] = compare_peers(options.peers)
    different = [f"{peer}: {name}" for peer, name, equal in results["equality"] if not equal]
    for name in different:
        print(f"different: {name}", flush=True)
    for part in options.parts:
        print(f"== {part}", flush=True)
        results[part] = PARTS[part](options)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "results.json").write_text(json.dumps(results))
    report.write(options.out)
    if different:
        sys.exit("the peer is not equal to the extension")


if __name__ == "__main__":
    main()
