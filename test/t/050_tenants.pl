# A session works in the workspace to which it is bound, or not at all: in parallel
# workers, after a reload, wherever the library is loaded first, behind a pooler.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $acme = 'ac3e0000-0000-4000-8000-000000000000';
my $bolt = 'b0170000-0000-4000-8000-000000000000';

my $node = PostgreSQL::Test::Cluster->new('tenants');
$node->init;
$node->start;
$node->safe_psql('postgres', qq{
	CREATE SCHEMA acs;
	CREATE EXTENSION credentials SCHEMA acs;
	ALTER DATABASE postgres SET search_path = acs, public;
	CREATE ROLE bolt LOGIN;
	CREATE ROLE pool LOGIN;
	GRANT USAGE, CREATE ON SCHEMA acs TO bolt, pool;
	GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA acs TO bolt, pool;
	GRANT SELECT ON ALL TABLES IN SCHEMA acs TO bolt, pool;
	GRANT EXECUTE ON FUNCTION pg_reload_conf TO bolt;
	ALTER ROLE bolt SET credentials.workspace_id = '$bolt';
	GRANT SET ON PARAMETER credentials.workspace_id TO pool;
});

# One credential in each workspace, and in the nil workspace, which is nobody's.
my %code = ($acme => '111111', $bolt => '222222', '' => '999999');
foreach my $workspace (keys %code)
{
	$node->safe_psql('postgres', qq{
		SET credentials.workspace_id = '$workspace';
		SET search_path = acs;
		SELECT acs_credentials_create((acs_users_create((acs_systems_create('S')).acs_system_id, 'U')).acs_user_id, 'code', '$code{$workspace}');
	});
}
$node->safe_psql('postgres', q{
	CREATE TABLE acs.pins AS SELECT acs_credential_id AS pin FROM acs.acs_credentials, generate_series(1, 100);
	ALTER TABLE acs.pins SET (parallel_workers = 2);
	GRANT SELECT ON acs.pins TO bolt, pool;
	ANALYZE acs.pins;
	CREATE FUNCTION acs.codes() RETURNS text STABLE PARALLEL SAFE LANGUAGE plpgsql AS
		'BEGIN RETURN (SELECT string_agg(code::text, $$ $$) FROM acs_credentials_list()); END';
	CREATE FUNCTION acs.codes_of_acme() RETURNS text STABLE PARALLEL SAFE LANGUAGE plpgsql SECURITY DEFINER
		SET search_path = acs SET credentials.workspace_id = 'ac3e0000-0000-4000-8000-000000000000' AS
		'BEGIN RETURN (SELECT string_agg(code::text, $$ $$) FROM acs_credentials_list()); END';
});

# What one session of a role says to statements, errors as "ERROR SQLSTATE rule".
sub session
{
	my ($role, $options, @statements) = @_;
	local $ENV{PGOPTIONS} = "-c client_min_messages=error $options";
	my $stdout = '';
	my @answers;

	# both to one place, to have them in order
	IPC::Run::run [ 'psql', '-XAtq', '-v', 'VERBOSITY=verbose', '-d', $node->connstr('postgres') . " user=$role", '-f', '-' ],
	  '<', \join(";\n", @statements, ''), '>&', \$stdout;
	foreach my $line (split /\n/, $stdout)
	{
		if ($line =~ /\bERROR:  (\w{5})/) { push @answers, "ERROR $1"; }
		elsif ($line =~ /^CONSTRAINT NAME:  (\w+)/) { $answers[-1] .= " $1"; }
		elsif ($line !~ /^psql:|^(DETAIL|HINT|CONTEXT|LOCATION|parallel worker|PL\/pgSQL|SQL statement)/) { push @answers, $line; }
	}
	return join(', ', @answers);
}

my $all_parallel = '-c ' . ($node->pg_version >= 16 ? 'debug_parallel_query' : 'force_parallel_mode') . '=on';
my $natural = join ' ', map { "-c $_" } qw(parallel_setup_cost=0 parallel_tuple_cost=0
  min_parallel_table_scan_size=0 parallel_leader_participation=off);
my $refused = 'ERROR 42501';

# Every way to read, in a parallel worker.
foreach my $read ('SELECT acs_workspace_id() IS NOT NULL', 'SELECT code FROM acs_credentials_list()',
	'SELECT code FROM acs_credentials', 'SELECT display_name FROM acs_credentials_masked', 'SELECT codes()')
{
	like(session('bolt', $all_parallel, "EXPLAIN (COSTS OFF) $read"), qr/Gather/, "in a worker: $read");
	my $answer = $read =~ /masked/ ? 'Code 22****' : $read =~ /acs_workspace_id/ ? 't' : $code{$bolt};
	my $acmes = $answer =~ s/2/1/gr;

	# A PL/pgSQL function hides from the planner what it calls.
	my @load = $read =~ /codes\(\)/ ? (q{DO $$BEGIN PERFORM acs.acs_code('1'); END$$}) : ();
	is(session('bolt', $all_parallel, @load, $read, $read), "$answer, $answer", '... its own workspace');
	is(session('pool', "$all_parallel -c credentials.workspace_id=$acme", @load, $read), $acmes, '... the one that it may choose');
	foreach my $option ("credentials.workspace_id=$acme", 'credentials.workspace_id=', 'credentials.lockout_attempts=100000')
	{
		is(session('bolt', "$all_parallel -c $option", @load, $read, $read), "$refused, $refused", "... none with $option");
	}
}

# What else there is to get rid of a refusal.
my $with_option = "-c credentials.workspace_id=$acme";
my $whoami = 'SELECT acs_workspace_id()';
foreach my $options ($with_option, "$with_option $all_parallel")
{
	is(session('bolt', $options, $whoami, 'RESET ALL', $whoami, 'DISCARD ALL', $whoami), join(', ', ($refused) x 3), 'RESET and DISCARD');
	is(session('bolt', $options, $whoami, 'SELECT codes_of_acme()', $whoami), join(', ', ($refused) x 3), 'a function with SET');
	is(session('bolt', $options, 'BEGIN', "SET LOCAL credentials.workspace_id = '$bolt'", 'ROLLBACK', $whoami), $refused, 'SET LOCAL that is rolled back');
}
is(session('bolt', $with_option, 'SELECT codes_of_acme()', $whoami), "$refused, $refused", 'a function with SET that loads the library');
is(session('bolt', '', 'SELECT codes_of_acme()', 'SELECT codes()'), "$code{$acme}, $code{$bolt}", 'a function with SET is what may leave the workspace');

# Waits until the session has seen the reload.
$node->append_conf('postgresql.conf', 'tenants_test.reloaded = yes');
is(session('bolt', $with_option, $whoami, 'DO $$BEGIN PERFORM pg_reload_conf(); END$$',
		(q{DO $$BEGIN IF current_setting('tenants_test.reloaded', true) IS NULL THEN PERFORM pg_sleep(0.05); END IF; END$$}) x 200,
		'SHOW tenants_test.reloaded', $whoami),
	"$refused, yes, $refused", 'a reload');

# What was set before the library was loaded, and is no more, does no harm.
foreach my $role ('bolt', 'pool', $node->safe_psql('postgres', 'SELECT current_user'))
{
	my $own = $role eq 'bolt' ? $bolt : '00000000-0000-0000-0000-000000000000';
	my $set = "SET credentials.workspace_id = '$acme'";
	is(session($role, '', 'BEGIN', 'SET LOCAL' . substr($set, 3), 'COMMIT', $whoami), $own, "$role: SET LOCAL that has ended");
	is(session($role, '', $set, 'RESET credentials.workspace_id', $whoami), $own, "$role: RESET");
	is(session($role, '', 'BEGIN', $set, 'ROLLBACK', $whoami), $own, "$role: SET that is rolled back");
}
is(session('bolt', '', "SET credentials.workspace_id = '$acme'", $whoami, 'RESET ALL', $whoami), "$refused, $refused", 'SET without the right');
is(session('pool', '', "SET credentials.workspace_id = '$acme'", $whoami), $acme, 'SET with the right');

# The first load in a parallel worker.
my $own_in_worker = 'SELECT min(codes()), max(codes()), count(*) FROM pins';
my $ours_in_worker = 'SELECT count(*) FROM pins WHERE (acs_credentials_get(pin)).code IS NOT NULL';
my $only_bolts = "$code{$bolt}|$code{$bolt}|300";
like(session('bolt', $natural, "EXPLAIN (COSTS OFF) $own_in_worker"), qr/Gather.*Parallel Seq Scan/, 'a natural Gather');
is(session('bolt', $natural, $own_in_worker, $whoami, $own_in_worker), "ERROR 25000, $bolt, $only_bolts",
	'what hides its call from the planner fails, and loads later');
is(session('pool', $natural, 'SELECT min(codes()) FROM pins'), $code{''}, '... but without settings there is nothing to fail');
$node->safe_psql('postgres', "DELETE FROM acs.pins WHERE pin NOT IN (SELECT acs_credential_id FROM acs.acs_credentials WHERE workspace_id = '$bolt')");
like(session('bolt', $natural, "EXPLAIN (COSTS OFF) $ours_in_worker"), qr/Gather.*Parallel Seq Scan/, 'another');
is(session('bolt', $natural, $ours_in_worker), '100', 'a function of ours is loaded when its call is planned');
$node->safe_psql('postgres', 'ALTER DATABASE postgres SET session_preload_libraries = credentials');
is(session('bolt', $natural, $own_in_worker), $only_bolts =~ s/300/100/r, 'with session_preload_libraries all is well');
is(session('bolt', "$natural $with_option", $own_in_worker, $whoami), "$refused, $refused", '... and refused what is refused');
is(session('bolt', '', "SET credentials.workspace_id = '$acme'", $whoami), "$refused, $bolt", '... and SET as well, at once');
$node->safe_psql('postgres', 'ALTER DATABASE postgres RESET session_preload_libraries');

# A pooler in transaction mode: one server connection for all clients.
SKIP:
{
	my $pgbouncer = (grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}), '/usr/sbin')[0];
	skip 'no pgbouncer', 9 unless $pgbouncer;

	my $dir = PostgreSQL::Test::Utils::tempdir_short;
	my $port = $node->port;    # of a socket in that directory, and of nothing else
	append_to_file("$dir/users", qq{"pool" ""\n});
	append_to_file("$dir/ini", "[databases]\npostgres = host=" . $node->host . " port=$port\n"
		  . "[pgbouncer]\nlisten_port = $port\nlisten_addr =\nunix_socket_dir = $dir\nauth_type = trust\nauth_file = $dir/users\n"
		  . "pool_mode = transaction\ndefault_pool_size = 1\nmax_db_connections = 1\n");
	my $pooler = IPC::Run::start [ $pgbouncer, '-q', "$dir/ini" ], '>', "$dir/log", '2>&1';

	# the answer of a new client to statements
	my $client = sub {
		my ($stdout, $stderr) = ('', '');
		IPC::Run::run [ 'psql', '-XAtq', '-v', 'VERBOSITY=verbose', '-d', "host=$dir port=$port dbname=postgres user=pool", map { ('-c', $_) } @_ ],
		  '<', \'', '>', \$stdout, '2>', \$stderr;
		my ($rule) = $stderr =~ /ERROR:  42501.*CONSTRAINT NAME:  (\w+)/s;
		$stdout .= $stderr =~ /ERROR/ ? 'ERROR ' . ($rule // $stderr) : '';
		return join(', ', split /\n/, $stdout);
	};
	my $pid = 'SELECT pg_backend_pid()';
	my $backend;
	foreach (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
	{
		$backend = $client->($pid);
		last if $backend =~ /^\d+$/;
		select(undef, undef, undef, 0.1);
	}
	my $list = 'SELECT codes()';

	is($client->($pid), $backend, 'clients share a connection');
	is($client->('BEGIN', "SET LOCAL credentials.workspace_id = '$acme'", $list, 'COMMIT'), $code{$acme}, 'SET LOCAL binds the transaction');
	is($client->($list), $code{''}, '... and no other, which is in the nil workspace');
	is($client->("SET credentials.workspace_id = '$acme'"), '', 'a plain SET');
	is($client->($list), $code{$acme}, '... leaks to the next client');
	$client->('RESET credentials.workspace_id');

	$node->append_conf('postgresql.conf', 'credentials.workspace_required = on');
	$node->reload;
	foreach (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
	{
		last if $client->('SHOW credentials.workspace_required') eq 'on';
		select(undef, undef, undef, 0.1);
	}
	is($client->($list), 'ERROR workspace_required', 'a forgotten SET is refused, if a workspace is required');
	is($client->('BEGIN', "SET LOCAL credentials.workspace_id = '$bolt'", $list, 'COMMIT'), $code{$bolt}, '... and SET LOCAL works');
	is($client->($list), 'ERROR workspace_required', '... for its transaction');
	is($client->($pid), $backend, 'all on the same connection');
	$pooler->kill_kill;
}

# A setting of another name does not bind.
$node->append_conf('postgresql.conf', 'credentials.workspace_required = on');
$node->restart;
is(session('pool', "-c credentials.workspaceid=$acme", $whoami), 'ERROR 42501 workspace_required', 'a misspelt option of the connection');
is(session('pool', '', "SET credentials.workspaceid = '$acme'", $whoami), 'ERROR 42501 workspace_required', 'a misspelt SET');
is(session('pool', $all_parallel, $whoami), 'ERROR 42501 workspace_required', 'none at all, in a worker');
is(session('pool', '-c credentials.workspace_required=off', $whoami), $refused, 'nobody turns it off');
is(session('bolt', $all_parallel, 'SELECT code FROM acs_credentials_list()'), $code{$bolt}, 'who is bound, works');

$node->stop;
done_testing();
