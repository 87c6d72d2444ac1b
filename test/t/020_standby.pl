# A hot standby shows what the primary has, decides about access, and refuses what
# would write, by the name of the function.  Promoted, it goes on where the primary
# stopped.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->start;
$primary->safe_psql('postgres', q{
	CREATE SCHEMA acs;
	CREATE EXTENSION credentials SCHEMA acs;
	ALTER DATABASE postgres SET search_path = acs, public;
	ALTER DATABASE postgres SET credentials.workspace_id = '57a9db00-0000-4000-8000-000000000000';
});
$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;

# One row in every table, written after the standby was made.
$primary->safe_psql('postgres', q{
	DO $$
	DECLARE
		hotel uuid := (acs_systems_create('Hotel')).acs_system_id;
		door uuid := (acs_entrances_create(hotel, 'Door')).acs_entrance_id;
		staff uuid := (acs_access_groups_create(hotel, 'Staff', ARRAY[door])).acs_access_group_id;
		jane uuid := (acs_users_create(hotel, 'Jane Doe', acs_access_group_ids => ARRAY[staff])).acs_user_id;
		old uuid;
	BEGIN
		PERFORM acs_credentials_create(jane, 'code', '824759', ends_at => '2100-01-01', allowed_acs_entrance_ids => ARRAY[door]);
		PERFORM acs_credentials_create(jane, 'card', '123456');
		PERFORM acs_credentials_create(jane, 'mobile_key', is_multi_phone_sync_credential => true,
		                               visionline_metadata => '{"label": "%ROOMNUM%"}');
		old := (acs_credentials_create(jane, 'code', '555666')).acs_credential_id;
		PERFORM acs_credentials_delete(old);
		PERFORM acs_access_request(door, 'code', '777888');
	END
	$$;
});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));

# A statement as the name of a test: the same in every run.
sub name_of
{
	my ($sql) = @_;
	return $sql =~ s/'[0-9a-f]{8}-[0-9a-f-]{27}'/'<id>'/gr;
}

sub value
{
	my ($node, $sql) = @_;
	return $node->safe_psql('postgres', $sql);
}

my $door = value($primary, 'SELECT acs_entrance_id FROM acs_entrances');
my $jane = value($primary, 'SELECT acs_user_id FROM acs_users');
my $pin = value($primary, q{SELECT acs_credential_id FROM acs_credentials WHERE code = '824759'});

# The same rows, in every table.
my @tables = split /\n/, value($primary,
	q{SELECT unnest(extconfig)::regclass FROM pg_extension WHERE extname = 'credentials'});
cmp_ok(scalar @tables, '>', 10, 'there are tables to compare');
foreach my $table (@tables)
{
	my $rows = qq{SELECT count(*) > 0, md5(string_agg(r::text, E'\\n' ORDER BY r::text)) FROM $table r};
	is(value($standby, $rows), value($primary, $rows), "$table is the same on the standby");
}
is(value($standby, 'SELECT string_agg(display_name, $$, $$ ORDER BY acs_credential_id) FROM acs_credentials'),
	'Code 82****, Card 123***, Multi Phone Sync Credential', 'display names are masked there, too');

# What reads, works.
foreach my $read (
	"SELECT acs_credentials_get('$pin')",
	'SELECT acs_credentials_list()',
	"SELECT acs_credentials_list(acs_user_id => '$jane', search => '82', page_size => 1)",
	'SELECT * FROM acs_credentials_masked',
	"SELECT acs_request('/acs/credentials/get', '{\"acs_credential_id\": \"$pin\"}')",
	"SELECT acs_access_check('$door', 'code', '824759', at => '2099-01-01')",
	"SELECT acs_access_check('$door', 'code', '824759', at => '2100-01-01')",
	"SELECT acs_access_check('$door', 'code', '777888', at => '2099-01-01')",
	'SELECT acs_workspace_id()')
{
	my $result = value($standby, $read);
	ok($result ne '', 'standby answers: ' . name_of($read));
	is($result, value($primary, $read), '... as the primary does');
}
my ($status, $stdout, $stderr) = $standby->psql('postgres',
	q{\set VERBOSITY verbose
	  SELECT acs_credentials_get('00000000-0000-4000-8000-000000000000')});
like($stderr, qr/ERROR:  P0002: .*CONSTRAINT NAME:  acs_credential_not_found/s, 'standby knows what does not exist');

# What writes, is refused before it looks at anything.
foreach my $write (
	"acs_credentials_create('$jane', 'code', '999000')",
	"acs_credentials_create('$jane', 'code', '824759')",
	"acs_credentials_create(NULL, NULL)",
	"acs_credentials_delete('$pin')",
	"acs_systems_create('Annex')",
	"acs_users_create(NULL, 'John Roe')",
	"acs_entrances_create(NULL, 'Door')",
	"acs_access_request('$door', 'code', '824759')",
	"acs_events_purge('infinity')")
{
	my ($name) = $write =~ /^(\w+)/;
	($status, $stdout, $stderr) = $standby->psql('postgres', "\\set VERBOSITY verbose\nSELECT $write");
	isnt($status, 0, 'standby refuses ' . name_of($write));
	like($stderr, qr/ERROR:  25006: cannot execute $name\b/, '... by name');
	unlike($stderr, qr/824759|999000/, '... without the code');
}

($status, $stdout, $stderr) = $standby->psql('postgres',
	"\\set VERBOSITY verbose\nSELECT acs_request('/acs/credentials/delete', '{\"acs_credential_id\": \"$pin\"}')");
like($stderr, qr/ERROR:  25006: cannot execute acs_credentials_delete\b/, 'also in a request of the API');

# A change arrives, a deletion too.
value($primary, "SELECT acs_credentials_delete('$pin')");
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(value($standby, q{SELECT count(*) FROM acs_credentials_list(search => '824759')}), '0', 'what is revoked is gone on the standby');
is(value($standby, "SELECT reason FROM acs_access_check('$door', 'code', '824759', at => '2099-01-01')"),
	'unknown_credential', 'and opens nothing');

# Until it does, the standby decides by what it has.  With remote_apply it has it when
# COMMIT returns.
my $later = value($primary, qq{SELECT acs_credential_id FROM acs_credentials_create('$jane', 'code', '135790')});
my $check = "SELECT granted, reason FROM acs_access_check('$door', 'code', '135790')";
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is(value($standby, $check), 't|', 'a code opens');
value($standby, 'SELECT pg_wal_replay_pause()');
$standby->poll_query_until('postgres', q{SELECT pg_get_wal_replay_pause_state() = 'paused'});
value($primary, "SELECT acs_credentials_disable('$later', 'lost')");
is(value($primary, $check), 'f|disabled', 'it is disabled');
is(value($standby, $check), 't|', 'and opens where that was not replayed');
value($standby, 'SELECT pg_wal_replay_resume()');
$primary->append_conf('postgresql.conf', "synchronous_standby_names = '*'");
$primary->reload;
$primary->poll_query_until('postgres', q{SELECT sync_state = 'sync' FROM pg_stat_replication});
foreach my $round (1 .. 5)
{
	value($primary, "SET synchronous_commit = remote_apply; SELECT acs_credentials_enable('$later', 'lost')");
	my $enabled = value($standby, $check);
	value($primary, "SET synchronous_commit = remote_apply; SELECT acs_credentials_disable('$later', 'lost')");
	is($enabled . ' ' . value($standby, $check), 't| f|disabled', "with remote_apply it is at once as on the primary, $round");
}
$primary->append_conf('postgresql.conf', "synchronous_standby_names = ''");
$primary->reload;

# Promoted, it issues, and still lets no two hold the same code.
$primary->stop;
$standby->promote;
is(value($standby, "SELECT display_name FROM acs_credentials_create('$jane', 'code', '824759')"),
	'Code 82****', 'the promoted standby issues credentials');
($status, $stdout, $stderr) = $standby->psql('postgres',
	"\\set VERBOSITY verbose\nSELECT acs_credentials_create('$jane', 'code', '824759')");
like($stderr, qr/ERROR:  23P01: .*CONSTRAINT NAME:  code_overlap/s, 'and refuses a code that is taken');
($status, $stdout, $stderr) = $standby->psql('postgres',
	"\\set VERBOSITY verbose\nSELECT acs_credentials_create('$jane', 'card', '123456')");
like($stderr, qr/ERROR:  23P01: .*CONSTRAINT NAME:  code_overlap/s, 'also one that was issued by the primary');

$standby->stop;
done_testing();
