# Whatever the extension does, the server writes no code into its log: not with an error
# that is ours, of whose statement it keeps the text to itself, not with a line of ours, and
# not with a statement of ours, since there is none. All else is as a server comes, and the
# codes stand as literals in the statements.
#
# What the server itself prints is prevented by the settings of the README.

use strict;
use warnings;

use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('node');
$node->init;
$node->append_conf('postgresql.conf', q{
	log_statement = none
	timezone = 'UTC'
});
$node->start;

$node->safe_psql('postgres', q{
	CREATE EXTENSION credentials;
	CREATE FUNCTION id(name text) RETURNS uuid LANGUAGE sql IMMUTABLE
		RETURN rpad(name, 32, '0')::uuid;
	INSERT INTO acs_system_types (system_type, display_name, code_max_length) VALUES ('short', 'Short codes', 4);
	INSERT INTO acs_systems (acs_system_id, system_type, name) VALUES (id('5'), 'generic', 'Hotel'), (id('55'), 'short', 'Annex');
	INSERT INTO acs_entrances (acs_system_id, acs_entrance_id, display_name) VALUES (id('5'), id('e'), 'Lobby');
	INSERT INTO acs_users (acs_system_id, acs_user_id, full_name) VALUES (id('5'), id('a'), 'Ada'), (id('55'), id('b'), 'Bob');
	INSERT INTO acs_credentials (acs_system_id, acs_user_id, acs_credential_id, access_method, code)
		VALUES (id('5'), id('a'), id('c1'), 'code', '824759');
	INSERT INTO acs_credentials (acs_system_id, acs_user_id, acs_credential_id, access_method)
		VALUES (id('5'), id('a'), id('c2'), 'card');
});

# What the log has gained by a statement, and what psql printed.
sub run
{
	my ($sql) = @_;
	my $before = -s $node->logfile;
	my ($status, $out, $err) = $node->psql('postgres', $sql);
	return (substr(slurp_file($node->logfile), $before), $err // '');
}

# An error of the server itself, to see that the log is the one that is looked at.
my ($log, $err) = run(q{SELECT 1 / 0 AS "824759"});
like($log, qr/STATEMENT: .*824759/, 'of an error of its own, the server logs the statement');

# Statements that break a rule, each with a code in it.
my %breaks = (
	'code_overlap' => q{SELECT acs_credentials_create(id('a'), 'code', '824759')},
	'code_overlap, by SQL' => q{INSERT INTO acs_credentials (acs_system_id, access_method, code) VALUES (id('5'), 'code', '824759')},
	'code_overlap, in a block' => q{DO $$ BEGIN PERFORM acs_credentials_create(id('a'), 'code', '824759'); EXCEPTION WHEN exclusion_violation THEN RAISE; END $$},
	'acs_user_not_found' => q{SELECT acs_credentials_create(id('d'), 'code', '824759')},
	'code_length' => q{SELECT acs_credentials_create(id('b'), 'code', '824759')},
	'window_order' => q{SELECT acs_credentials_create(id('a'), 'code', '824759', '2100-01-02', '2100-01-01')},
	'window_order, by SQL' => q{UPDATE acs_credentials SET starts_at = '2100-01-02', ends_at = '2100-01-01' WHERE code = '824759'},
	'code_not_allowed' => q{SELECT acs_credentials_create(id('a'), 'mobile_key', '824759')},
	'invalid_metadata' => q{SELECT acs_credentials_create(id('a'), 'code', '824759', visionline_metadata => '[]')},
	'invalid_card_number' => q{SELECT acs_credentials_issue(id('c2'), ' 824759')},
	'acs_code' => q{SELECT acs_credentials_create(id('a'), 'code', '824759x')},
	'acs_code, a cast' => q{SELECT '824759x'::acs_code},
	'acs_entrance_not_found' => q{SELECT acs_access_request(id('d'), 'code', '824759')},
	'null value in column "acs_system_id"' => q{INSERT INTO acs_credentials (access_method, code) VALUES ('code', '824759')},
	'no_doors' => q{ALTER TABLE acs_credentials ADD CONSTRAINT no_doors CHECK (code IS NULL) NOT VALID;
		SELECT acs_credentials_create(id('a'), 'code', '824760') AS "824759"},
);
foreach my $what (sort keys %breaks)
{
	my ($rule) = $what =~ /^([^,]*)/;
	my ($status, $out, $verbose) = $node->psql('postgres', "\\set VERBOSITY verbose\n$breaks{$what}");
	($log, $err) = run($breaks{$what});
	like($verbose, qr/(?:CONSTRAINT NAME:  |23502: )\Q$rule\E/, "$what is the error");
	like($log, qr/ERROR: /, "$what: it is in the log");
	unlike($log, qr/8247(?:59|60)/, "$what: and the code is not");
}
$node->safe_psql('postgres', 'ALTER TABLE acs_credentials DROP CONSTRAINT no_doors');

# What a request does not expect: a line of our own in the log.
$node->safe_psql('postgres', q{
	CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'secret 824759'; END $$;
	CREATE TRIGGER fail BEFORE INSERT ON acs_credentials FOR EACH ROW EXECUTE FUNCTION fail();
});
($log, $err) = run(q{SELECT acs_request('/acs/credentials/create',
	'{"acs_user_id": "a0000000-0000-0000-0000-000000000000", "access_method": "code", "code": "824759"}')});
like($log, qr/LOG:  request failed with SQLSTATE P0001/, 'a request that fails says so in the log');
unlike($log, qr/824759/, 'and not for which code');

$node->safe_psql('postgres', 'DROP FUNCTION fail CASCADE');

# A body that is no JSON is an answer, whatever it is; as jsonb, the server would print it.
foreach my $body ('{"code": "824759"', '{"code": "824759", "x": "\u0000"}', '{"824759": "\ud800"}', '"824759', '{"code": 824759e999999}')
{
	($log, $err) = run("SELECT acs_request('/acs/credentials/create', '$body')");
	is("$log$err", '', "nothing is said of the body $body");
}

# auto_explain prints each statement with its values; a generated code is in none.
(my $code, $log) = ($node->safe_psql('postgres', q{
	LOAD 'auto_explain';
	SET auto_explain.log_min_duration = 0;
	SET auto_explain.log_nested_statements = on;
	SET auto_explain.log_analyze = on;
	SET auto_explain.log_verbose = on;
	SELECT code FROM acs_credentials_create(id('a'), 'code');
}), slurp_file($node->logfile));
like($code, qr/^\d{6}$/, 'a code is generated');
like($log, qr/FOR KEY SHARE.*Query Text: SELECT code FROM acs_credentials_create/s, 'auto_explain prints what the server does inside');
unlike($log, qr/$code/, 'and not the code');

# Everybody sees locks, and so the turn that is taken for a code; nobody can try out
# for which code it is.
$node->safe_psql('postgres', q{
	CREATE TABLE seen (turn bigint, guess bigint);
	CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		INSERT INTO seen SELECT classid::bigint << 32 | objid::bigint,
		       hashtextextended(NEW.code::text COLLATE "C", uuid_hash_extended(NEW.acs_system_id, uuid_hash_extended(NEW.workspace_id, e.oid::bigint)))
		  FROM pg_locks, pg_enum AS e
		 WHERE locktype = 'advisory' AND objsubid = 3 AND pid = pg_backend_pid() AND e.enumlabel = 'code' AND e.enumtypid = 'acs_access_method'::regtype;
		RETURN NEW;
	END $$;
	CREATE TRIGGER look BEFORE INSERT ON acs_credentials FOR EACH ROW EXECUTE FUNCTION look();
	SELECT acs_credentials_create(id('a'), 'code', '135790'), acs_credentials_create(id('a'), 'code', '135791');
	DROP TRIGGER look ON acs_credentials});
is($node->safe_psql('postgres', 'SELECT count(DISTINCT turn), count(*) FILTER (WHERE turn = guess) FROM seen'), '2|0',
	'turns are seen, and not for which codes');

# The settings of the README, for a role of which the server would print all that it can.
my $readme = slurp_file(dirname(__FILE__) . '/../../README.md');
my @settings = $readme =~ /^(ALTER ROLE issuer SET .*)$/mg;
cmp_ok(scalar(@settings), '>', 5, 'the README has settings');
$node->append_conf('postgresql.conf', q{
	log_statement = all
	log_min_duration_statement = 0
	log_min_duration_sample = 0
	log_transaction_sample_rate = 1
	log_parameter_max_length_on_error = -1
	log_lock_waits = on
	deadlock_timeout = 50ms
});
$node->reload;
$node->safe_psql('postgres', 'CREATE ROLE issuer LOGIN SUPERUSER', on_error_stop => 1);
$ENV{PGUSER} = 'issuer';
my %statements = (
	'a syntax error' => q{SELECT acs_credentials_create(id('a'), 'code', '824759') FRMO},
	'a type error' => q{SELECT acs_credentials_create(id('a'), 'code', 824759)},
	'a timeout' => q{SET statement_timeout = '10ms'; SELECT pg_sleep(10), '824759'},
	'a line of COPY' => "COPY acs_credentials (code, starts_at) FROM STDIN;\n824759\n\\.",
	'a row that cannot be' => q{INSERT INTO acs_credentials (acs_system_id, access_method, code, disable_reasons) VALUES (id('4'), 'code', '824760', '{}')},
	'a constraint at COMMIT' => q{CREATE UNIQUE INDEX twice ON acs_credentials (code); ALTER TABLE acs_credentials ADD CONSTRAINT twice UNIQUE USING INDEX twice DEFERRABLE INITIALLY DEFERRED;
		INSERT INTO acs_credentials (acs_system_id, access_method, code, ends_at) VALUES (id('5'), 'code', '824761', '2100-01-01'), (id('5'), 'code', '824761', NULL)},
	'what works' => q{SELECT acs_credentials_create(id('a'), 'code', '824762')},
	'parameters' => q{PREPARE c AS SELECT acs_credentials_create(id('a'), 'code', $1); EXECUTE c('824763')},
);
foreach my $what (sort keys %statements)
{
	($log) = run($statements{$what});
	like($log, qr/8247/, "$what: the server prints the code");
}
$node->safe_psql('postgres', join("\n", @settings));
$node->safe_psql('postgres', 'ALTER TABLE acs_credentials DROP CONSTRAINT IF EXISTS twice; DELETE FROM acs_credentials');
foreach my $what (sort keys %statements)
{
	($log) = run($statements{$what});
	unlike($log, qr/8247/, "$what: with the settings it does not");
}

done_testing();
