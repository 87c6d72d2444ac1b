# A subscriber of logical replication has what its publisher has, decides the same, and
# checks and tells nothing of what comes in.

use strict;
use warnings;

use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $publisher = PostgreSQL::Test::Cluster->new('publisher');
$publisher->init(allows_streaming => 'logical');
$publisher->start;
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->append_conf('postgresql.conf', 'wal_retrieve_retry_interval = 100ms');
$subscriber->start;

sub value
{
	my ($node, $sql) = @_;
	return $node->safe_psql('postgres', $sql);
}

value($_, 'CREATE EXTENSION credentials') foreach $publisher, $subscriber;
value($publisher, q{
	INSERT INTO acs_system_types (system_type, display_name, code_max_length) VALUES ('own', 'Own', 6);
	DO $$
	DECLARE
		hotel uuid := (acs_systems_create('Hotel', 'own')).acs_system_id;
		door uuid := (acs_entrances_create(hotel, 'Door')).acs_entrance_id;
		staff uuid := (acs_access_groups_create(hotel, 'Staff', ARRAY[door])).acs_access_group_id;
		jane uuid := (acs_users_create(hotel, 'Jane Doe', acs_access_group_ids => ARRAY[staff])).acs_user_id;
	BEGIN
		PERFORM acs_credentials_create(jane, 'code', '824759', ends_at => '2100-01-01', allowed_acs_entrance_ids => ARRAY[door]);
	END
	$$;
});

# As in the README.
my $readme = slurp_file(dirname(__FILE__) . '/../../README.md');
my ($publication) = $readme =~ /^```\n(ALTER TABLE acs_system_types REPLICA IDENTITY .*?)^```/ms;
value($publisher, $publication);
my $connection = $publisher->connstr . ' dbname=postgres';
value($subscriber, "CREATE SUBSCRIPTION credentials CONNECTION '$connection' PUBLICATION credentials");
$subscriber->wait_for_subscription_sync($publisher, 'credentials');

sub same_everywhere
{
	my ($when) = @_;
	$publisher->wait_for_catchup('credentials');
	foreach my $table (split /\n/, value($publisher, q{SELECT t::regclass FROM pg_extension, unnest(extconfig) AS t
		WHERE extname = 'credentials' AND t <> 'acs_feed'::regclass ORDER BY 1}))
	{
		my $rows = qq{SELECT count(*), md5(string_agg(row, E'\\n' ORDER BY row)) FROM $table AS r,
			LATERAL (SELECT (to_jsonb(r) - 'feed_epoch' - 'xact')::text AS row) AS x};
		is(value($subscriber, $rows), value($publisher, $rows), "$when: $table is the same");
	}
	return;
}
same_everywhere('at first');

my $door = value($publisher, 'SELECT acs_entrance_id FROM acs_entrances');
my $jane = value($publisher, 'SELECT acs_user_id FROM acs_users');
my $check = "SELECT granted, reason FROM acs_access_check('$door', 'code', '824759')";
is(value($subscriber, $check), 't|', 'a check works');

# Changes of all kinds follow.
value($publisher, qq{
	UPDATE acs_system_types SET code_max_length = 8 WHERE system_type = 'own';
	SELECT acs_credentials_create('$jane', 'card', '77108');
	SELECT acs_users_update('$jane', full_name => 'Jane Roe');
	SELECT acs_access_request('$door', 'code', '135790');
	SELECT acs_credentials_disable(acs_credential_id, 'lost') FROM acs_credentials WHERE code = '824759';
	SELECT acs_credentials_delete(acs_credential_id) FROM acs_credentials_create('$jane', 'code', '246800');
	SELECT acs_events_purge('-infinity')});
same_everywhere('after changes');
is(value($subscriber, $check), 'f|disabled', 'and decides as they say');

# Nothing is checked: what the subscriber has of its own is in nobody's way.
value($subscriber, q{SELECT acs_credentials_create(acs_user_id, 'code', '999000') FROM acs_users});
value($publisher, q{SELECT acs_credentials_create(acs_user_id, 'code', '999000') FROM acs_users});
$publisher->wait_for_catchup('credentials');
is(value($subscriber, 'SELECT count(*) FROM acs_credentials_overlaps()'), 1, 'two that overlap are listed');

# Of all tables, the first copy does not end: the built-in types are there.
$subscriber->safe_psql('postgres', 'CREATE DATABASE all_tables');
$subscriber->safe_psql('all_tables', 'CREATE EXTENSION credentials');
value($publisher, 'CREATE PUBLICATION all_tables FOR ALL TABLES');
$subscriber->safe_psql('all_tables', "CREATE SUBSCRIPTION all_tables CONNECTION '$connection' PUBLICATION all_tables");
$subscriber->wait_for_log(qr/duplicate key value violates unique constraint "acs_system_types_pkey"/);
pass('a publication FOR ALL TABLES copies the built-in types, too');
$subscriber->safe_psql('all_tables', 'ALTER SUBSCRIPTION all_tables DISABLE');

$subscriber->stop;
$publisher->stop;
done_testing();
