# Eight clients at once, at mixed isolation levels, for a while: whatever they do, no
# two credentials hold a code at the same instant afterwards. The specs for the
# isolation tester show known races one by one; this looks for unknown ones.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('node');
$node->init;
$node->append_conf('postgresql.conf', q{
	deadlock_timeout = 20ms
	log_error_verbosity = verbose
	log_min_error_statement = panic
	max_prepared_transactions = 20
});
$node->start;

$node->safe_psql('postgres', q{
	CREATE EXTENSION credentials;

	CREATE FUNCTION id(n int) RETURNS uuid LANGUAGE sql IMMUTABLE
		RETURN lpad(n::text, 32, '0')::uuid;
	CREATE FUNCTION hour(n int) RETURNS timestamptz LANGUAGE sql IMMUTABLE
		RETURN timestamptz '2100-01-01 00:00Z' + n * interval '1 hour';

	INSERT INTO acs_system_types (system_type, display_name, code_min_length, code_max_length, code_max_value)
		VALUES ('tiny', 'Thirty codes', 3, 3, 30);
	INSERT INTO acs_systems (acs_system_id, system_type, name)
		VALUES (id(1), 'generic', 'Hotel'), (id(2), 'tiny', 'Locker room');
	INSERT INTO acs_users (acs_user_id, acs_system_id, full_name)
		SELECT id(n), id(1), 'Guest ' || n FROM generate_series(10, 19) n;
	INSERT INTO acs_users (acs_user_id, acs_system_id, full_name) VALUES (id(20), id(2), 'Member');

	CREATE UNLOGGED TABLE outcomes (what text, outcome text);
	CREATE VIEW overlapping AS
		SELECT a.code, a.acs_credential_id AS a, b.acs_credential_id AS b
		  FROM acs_credentials a JOIN acs_credentials b USING (workspace_id, acs_system_id, access_method, code)
		 WHERE a.acs_credential_id < b.acs_credential_id
		   AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at);

	-- Some credential with the code, or null.
	CREATE FUNCTION holder(number int) RETURNS uuid LANGUAGE sql
		RETURN (SELECT acs_credential_id FROM acs_credentials
				 WHERE acs_system_id = id(1) AND code = number::text ORDER BY random() LIMIT 1);

	-- A refusal is an outcome; a deadlock or a serialization failure is for pgbench.
	CREATE FUNCTION attempt(what text, number int, start int, hours int) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		CASE what
			WHEN 'create' THEN
				PERFORM acs_credentials_create(id(10), 'code', number::text, hour(start), hour(start + hours));
			WHEN 'insert' THEN
				INSERT INTO acs_credentials (acs_system_id, access_method, code, starts_at, ends_at)
					VALUES (id(1), 'code', number::text, hour(start), hour(start + hours));
			WHEN 'move' THEN
				UPDATE acs_credentials SET starts_at = hour(start), ends_at = hour(start + hours)
				 WHERE acs_credential_id = holder(number);
			WHEN 'resize' THEN
				UPDATE acs_credentials SET ends_at = greatest(starts_at, hour(start)) + hours * interval '1 hour'
				 WHERE acs_credential_id = holder(number);
			WHEN 'recode' THEN
				UPDATE acs_credentials SET code = (1000 + start % 10)::text
				 WHERE acs_credential_id = holder(number);
			WHEN 'delete' THEN
				DELETE FROM acs_credentials WHERE acs_credential_id = holder(number);
			WHEN 'generate' THEN
				PERFORM acs_credentials_create(id(20), 'code');
		END CASE;
		INSERT INTO outcomes VALUES (what, 'accepted');
	EXCEPTION
		WHEN exclusion_violation OR program_limit_exceeded THEN
			INSERT INTO outcomes VALUES (what, SQLSTATE);
	END $$;

	-- A deferred check, brought forward. Returns whether it passed.
	CREATE FUNCTION settled() RETURNS boolean LANGUAGE plpgsql AS $$
	BEGIN
		SET CONSTRAINTS identifier_overlap IMMEDIATE;
		RETURN true;
	EXCEPTION
		WHEN exclusion_violation THEN
			RETURN false;
	END $$;
});

sub query
{
	return $node->safe_psql('postgres', shift);
}

sub no_overlaps
{
	my ($name) = @_;
	return is(query('SELECT count(*) FROM overlapping'), 0, "$name: no overlapping pair")
	  || diag(query('SELECT * FROM overlapping LIMIT 10'));
}

# outcomes(WHAT): how many attempts, with what outcome.
sub outcomes
{
	my ($what) = @_;
	my %outcomes = map { split /\|/ } split /\n/,
	  query("SELECT outcome, count(*) FROM outcomes WHERE what ~ '^($what)\$' GROUP BY 1");
	note("$what: ", join ', ', map { "$_ $outcomes{$_}" } sort keys %outcomes);
	return \%outcomes;
}

my $begin = q{
	\set number random(1000, 1009)
	\set start random(0, 23)
	\set hours random(1, 4)
	\set again random(1000, 1009)
	\set choice random(1, 4)
	BEGIN;
	\if :client_id % 3 = 1
		SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
	\elif :client_id % 3 = 2
		SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;
	\endif
};

# Everything in a small space: 10 codes, one day, windows of 1 to 4 hours.
$node->pgbench(
	'--no-vacuum --client=8 --jobs=2 --time=7 --random-seed=824759',
	0, [qr/actually processed/], [qr/^pgbench: setting random seed to \d+$/],
	'everything at once',
	{
		'race_create@4' => $begin . q{
			SELECT attempt('create', :number, :start, :hours);
			COMMIT;
		},
		'race_move@3' => $begin . q{
			SELECT attempt('move', :number, :start, :hours);
			\sleep 2 ms
			COMMIT;
		},
		'race_resize@5' => $begin . q{
			SELECT attempt('resize', :number, :start, :hours);
			\sleep 2 ms
			COMMIT;
		},
		'race_delete@2' => $begin . q{
			SELECT attempt('delete', :number, 0, 0);
			COMMIT;
		},
		'race_recode@1' => $begin . q{
			SELECT attempt('recode', :number, :start, 0);
			COMMIT;
		},
		# Several steps, some taken back, some not; then all of it, or not.
		'race_savepoints@4' => $begin . q{
			SELECT attempt('insert', :number, :start, :hours);
			SAVEPOINT s;
			SELECT attempt('move', :again, :start, :hours);
			SELECT attempt('delete', :number, 0, 0);
			\if :choice % 2 = 0
				ROLLBACK TO s;
			\else
				RELEASE s;
			\endif
			SELECT attempt('insert', :again, :start, :hours);
			\sleep 2 ms
			\if :choice = 1
				ROLLBACK;
			\else
				COMMIT;
			\endif
		},
		# No savepoint around the row that conflicts; checked late, perhaps as another version.
		'race_deferred@2' => $begin . q{
			SET CONSTRAINTS identifier_overlap DEFERRED;
			INSERT INTO acs_credentials (acs_system_id, access_method, code, starts_at, ends_at)
				VALUES (id(1), 'code', :number::text, hour(:start), hour(:start + :hours))
				RETURNING acs_credential_id AS id \gset
			\if :choice = 1
				SELECT attempt('move', :again, :start, :hours);
			\elif :choice = 2
				UPDATE acs_credentials SET metadata = '{}' WHERE acs_credential_id = ':id';
			\endif
			SELECT settled() AS settled \gset
			\if :settled
				COMMIT;
			\else
				ROLLBACK;
			\endif
		},
		'race_prepared@2' => $begin . q{
			SELECT attempt('insert', :number, :start, :hours);
			SELECT attempt('move', :again, :start, :hours);
			PREPARE TRANSACTION 'race_:client_id';
			\if :choice = 1
				ROLLBACK PREPARED 'race_:client_id';
			\else
				COMMIT PREPARED 'race_:client_id';
			\endif
		},
	});
no_overlaps('everything at once');
foreach my $what ('create|insert', 'move', 'resize', 'recode')
{
	my $outcomes = outcomes($what);
	ok($outcomes->{accepted}, "$what: some are accepted");
	ok($outcomes->{'23P01'}, "$what: some are refused");
}
ok(outcomes('delete')->{accepted}, 'delete: some are there to be deleted');

# The counters are written when a session ends, and pgbench's have. The start is in
# the index, the end is in none.
my ($updates, $hot) = split /\|/, query(q{
	SELECT pg_stat_get_tuples_updated(t), pg_stat_get_tuples_hot_updated(t)
	  FROM CAST('acs_credentials'::regclass AS oid) t});
my $resized = outcomes('resize')->{accepted};
cmp_ok($hot, '>', 0.8 * $resized, "of $updates updates, $resized changed the end alone, and $hot were HOT");

# A code without a gap: 800 windows, back to back. So every insert has to be refused,
# even if the holder of its window is given another index entry at that moment, which
# the scan may have passed already.
query($_) foreach (
	'TRUNCATE outcomes; DELETE FROM acs_credentials',
	q{INSERT INTO acs_credentials (acs_credential_id, acs_system_id, access_method, code, starts_at, ends_at)
		SELECT id(n), id(1), 'code', '1000', hour(n), hour(n + 1) FROM generate_series(0, 799) n},
	'VACUUM ANALYZE acs_credentials');
$node->pgbench(
	'--no-vacuum --client=8 --jobs=2 --time=4 --random-seed=824759',
	0, [qr/actually processed/], [qr/^pgbench: setting random seed to \d+$/],
	'a code without a gap',
	{
		'gap_assign@3' => q{
			\set number random(784, 799)
			\set user random(10, 19)
			UPDATE acs_credentials SET acs_user_id = id(:user)
			 WHERE workspace_id = acs_workspace_id() AND acs_credential_id = id(:number);
		},
		'gap_insert@1' => q{
			\set start random(784, 799)
			SELECT attempt('insert', 1000, :start, 1);
		},
	});
no_overlaps('a code without a gap');
my $gap = outcomes('insert');
ok($gap->{'23P01'} && !$gap->{accepted}, 'a code without a gap: every insert is refused');

# One code, wanted by all at once, round by round: whoever is first has it, or goes back
# on it, and then one of those who waited has it. Nobody is in a deadlock.
query('TRUNCATE outcomes; DELETE FROM acs_credentials');
my $before = length slurp_file($node->logfile);
my $rounds = 40;
$node->pgbench(
	"--no-vacuum --client=6 --jobs=2 --transactions=$rounds --define=round=0 --random-seed=824759",
	0, [qr/actually processed: (\d+)\/\1\n/], [qr/^pgbench: setting random seed to \d+$/],
	'one code for six',
	{
		'same_code' => q{
			\set round :round + 1
			\set number 2000 + :round
			BEGIN;
			\if :client_id % 2 = 1
				SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
			\endif
			SELECT attempt('create', :number, 0, 1);
			\sleep 5 ms
			\if :client_id = :round % 12
				ROLLBACK;
			\else
				COMMIT;
			\endif
		},
	});
is(query('SELECT count(*), count(DISTINCT code) FROM acs_credentials'), "$rounds|$rounds", 'one code for six: one has it each time');
my $same = outcomes('create');
is($same->{accepted}, $rounds, 'one code for six: nobody else was told so');
ok($same->{'23P01'}, 'one code for six: the others were refused');
unlike(substr(slurp_file($node->logfile), $before), qr/40P01/, 'one code for six: no deadlock');

# Generated codes: refused only when there are none left, never for a collision.
query('TRUNCATE outcomes; DELETE FROM acs_credentials');
$node->pgbench(
	'--no-vacuum --client=8 --jobs=2 --time=2 --random-seed=824759',
	0, [qr/actually processed/], [qr/^pgbench: setting random seed to \d+$/],
	'generated codes',
	{
		'generate_create' => q{
			BEGIN;
			SELECT attempt('generate', 0, 0, 0);
			SELECT attempt('generate', 0, 0, 0);
			COMMIT;
			DELETE FROM acs_credentials WHERE acs_credential_id IN (
				SELECT acs_credential_id FROM acs_credentials ORDER BY random() LIMIT 2 FOR UPDATE SKIP LOCKED);
		},
	});
no_overlaps('generated codes');
my $generated = outcomes('generate');
ok($generated->{accepted}, 'generated codes: there are some');
ok(!$generated->{'23P01'}, 'generated codes: none collided');

# What the clients saw beside refusals.
my $log = slurp_file($node->logfile);
my %states;
$states{$1}++ while $log =~ /(?:ERROR|FATAL|PANIC|WARNING):  ([0-9A-Z]{5}): /g;
note('in the log: ', join ', ', map { "$_ $states{$_}" } sort keys %states);
delete @states{qw(40001 40P01)};
is(join(', ', sort keys %states), '', 'no errors but serialization failures and deadlocks');

$node->stop;
done_testing();
