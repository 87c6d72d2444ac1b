# However a server dies in the middle of issuing and revoking: what is committed is
# there when it comes back, no two credentials hold a code at the same instant, and
# the event log tells neither more nor less than what happened.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $node = PostgreSQL::Test::Cluster->new('node');
$node->init;
# Checkpoints and vacuums in between.
$node->append_conf('postgresql.conf', q{
	checkpoint_timeout = 30s
	max_wal_size = 64MB
	autovacuum_naptime = 1s
});
$node->start;
$node->safe_psql('postgres', q{
	CREATE SCHEMA acs;
	CREATE EXTENSION credentials SCHEMA acs;
	ALTER DATABASE postgres SET search_path = acs, public;
	ALTER DATABASE postgres SET credentials.workspace_id = 'c4a5a000-0000-4000-8000-000000000000';
});
my $jane = $node->safe_psql('postgres', q{
	SELECT acs_user_id FROM acs_users_create((SELECT acs_system_id FROM acs_systems_create('Hotel')), 'Jane Doe')});
my $amcheck = $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'});
$node->safe_psql('postgres', 'CREATE EXTENSION amcheck') if $amcheck;

# A busy reception: few codes and many short stays, so that many are refused.
$node->safe_psql('postgres', qq{
	CREATE FUNCTION public.issue(number int, day int) RETURNS void LANGUAGE plpgsql AS \$\$
	BEGIN
		PERFORM acs_credentials_create('$jane', 'code', (100000 + number)::text,
			timestamptz '2100-01-01' + day * interval '1 day', timestamptz '2100-01-03' + day * interval '1 day');
	EXCEPTION WHEN exclusion_violation OR deadlock_detected THEN
		NULL;
	END
	\$\$;
	CREATE FUNCTION public.revoke(number int) RETURNS void LANGUAGE plpgsql AS \$\$
	BEGIN
		PERFORM acs_credentials_delete(c.acs_credential_id)
		   FROM (SELECT acs_credential_id FROM acs_credentials WHERE code = (100000 + number)::text ORDER BY starts_at LIMIT 1) c;
	EXCEPTION WHEN no_data_found THEN
		NULL;
	END
	\$\$;
	CREATE FUNCTION public.prolong(number int) RETURNS void LANGUAGE plpgsql AS \$\$
	BEGIN
		UPDATE acs_credentials SET ends_at = ends_at + interval '1 day'
		 WHERE acs_credential_id = (SELECT acs_credential_id FROM acs_credentials WHERE code = (100000 + number)::text ORDER BY starts_at LIMIT 1);
	EXCEPTION WHEN exclusion_violation OR deadlock_detected THEN
		NULL;
	END
	\$\$;
});
my $script = PostgreSQL::Test::Utils::tempdir() . '/reception.sql';
append_to_file($script, q{
	\set number random(1, 40)
	\set day random(0, 40)
	BEGIN;
	SELECT public.issue(:number, :day);
	SELECT public.issue(:number, :day + 5);
	COMMIT;
	SELECT public.revoke(:number);
	SELECT public.prolong(:number);
});

# The most that was surely committed: what another session sees.
sub committed { return $node->safe_psql('postgres', 'SELECT count(*) FROM acs_events'); }

my $others = q{SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()};

my %deaths = (
	'a stop in the middle of everything' => sub {
		$node->stop('immediate');
	},
	'a backend that is killed' => sub {
		my ($pid) = split /\n/, $node->safe_psql('postgres', "$others AND backend_type = 'client backend' ORDER BY state = 'active' DESC");
		kill 'KILL', $pid or die "cannot kill $pid: $!";
		# With restart_after_crash off, as it is here, that is the end of the server.
		wait_until(sub { !-e $node->data_dir . '/postmaster.pid' }) or die 'server does not end';
		$node->kill9; # there is nobody to kill, but now it is known
	},
	'all processes killed at once' => sub {
		my @pids = split /\n/, $node->safe_psql('postgres', $others);
		my ($postmaster) = split /\n/, slurp_file($node->data_dir . '/postmaster.pid');
		$node->kill9;
		kill 'KILL', @pids;
		wait_until(sub { !grep { is_running($_) } $postmaster, @pids }) or die 'processes do not end';
		# The next server would take a zombie for a running one.
		unlink $node->data_dir . '/postmaster.pid', $node->host . '/.s.PGSQL.' . $node->port . '.lock'
		  if kill 0, $postmaster;
	});

# A zombie is not: it stays for ever where process 1 does not ask for its end.
sub is_running
{
	my ($pid) = @_;
	open my $stat, '<', "/proc/$pid/stat" or return kill 0, $pid;
	return (<$stat> // '') !~ /\) Z/;
}

sub wait_until
{
	my ($condition) = @_;
	foreach my $i (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
	{
		return 1 if $condition->();
		usleep(100_000);
	}
	return 0;
}

# None of these finds anything.
my %checks = (
	'a code that two hold at the same instant' => q{
		SELECT a.acs_credential_id, b.acs_credential_id FROM acs_credentials a JOIN acs_credentials b
		    ON a.workspace_id = b.workspace_id AND a.acs_system_id = b.acs_system_id AND a.access_method = b.access_method
		   AND a.code = b.code AND a.acs_credential_id < b.acs_credential_id
		   AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)},
	'a credential without its event' => q{
		SELECT acs_credential_id FROM acs_credentials c
		 WHERE (SELECT count(*) FROM acs_events e WHERE e.acs_credential_id = c.acs_credential_id
		           AND event_type = 'acs_credential.created') <> 1},
	'a deleted credential that is still there' => q{
		SELECT acs_credential_id FROM acs_events JOIN acs_credentials USING (workspace_id, acs_credential_id)
		 WHERE event_type = 'acs_credential.deleted'},
	'a created credential that is gone without an event' => q{
		SELECT acs_credential_id FROM acs_events c
		 WHERE event_type = 'acs_credential.created'
		   AND NOT EXISTS (SELECT FROM acs_credentials r WHERE r.acs_credential_id = c.acs_credential_id)
		   AND (SELECT count(*) FROM acs_events d WHERE d.acs_credential_id = c.acs_credential_id
		           AND event_type = 'acs_credential.deleted') <> 1},
	'a deletion of what was never created' => q{
		SELECT acs_credential_id FROM acs_events d
		 WHERE event_type = 'acs_credential.deleted'
		   AND NOT EXISTS (SELECT FROM acs_events c WHERE c.acs_credential_id = d.acs_credential_id
		                      AND event_type = 'acs_credential.created')},
	'a row that the index does not find' => q{
		SELECT code FROM acs_credentials EXCEPT ALL
		SELECT f.code FROM (SELECT DISTINCT workspace_id, acs_system_id, access_method, code FROM acs_credentials OFFSET 0) k
		  CROSS JOIN LATERAL (SELECT c.code FROM acs_credentials c WHERE c.workspace_id = k.workspace_id
		                         AND c.acs_system_id = k.acs_system_id AND c.access_method = k.access_method AND c.code = k.code) f});

foreach my $death (sort keys %deaths)
{
	my $output = '';
	my $pgbench = IPC::Run::start(
		[ $node->installed_command('pgbench'), '--no-vacuum', '--client=6', '--jobs=2', '--time=60', '--random-seed=1',
			'--file=' . $script, '--protocol=prepared', $node->connstr('postgres') ],
		'>', \$output, '2>&1');
	# in the thick of it, not at its start
	my $begin = committed();
	ok(wait_until(sub { committed() > $begin + 500 }), "reception is busy before $death");
	my $before = committed();
	$deaths{$death}->();
	$pgbench->kill_kill;
	$node->start;

	cmp_ok(committed(), '>=', $before, "nothing committed is lost by $death");
	foreach my $found (sort keys %checks)
	{
		is($node->safe_psql('postgres', $checks{$found}), '', "... nor is there $found");
	}
  SKIP:
	{
		skip 'amcheck is not installed', 1 unless $amcheck;
		my ($status, $stdout, $stderr) = $node->psql('postgres', q{
			SELECT bt_index_check(indexrelid, true) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
			  JOIN pg_am ON pg_am.oid = relam AND amname = 'btree'
			 WHERE indrelid = ANY (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'credentials')});
		is($stderr, '', '... and the indexes are sound');
	}
	my ($status, $stdout, $stderr) = $node->psql('postgres', q{
		\set VERBOSITY verbose
		SELECT acs_credentials_create(acs_user_id, access_method, code, starts_at, ends_at) FROM acs_credentials LIMIT 1});
	like($stderr, qr/ERROR:  23P01: .*CONSTRAINT NAME:  code_overlap/s, '... and a code that is taken is still refused');
}

$node->stop;
done_testing();
