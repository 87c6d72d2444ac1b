# Whoever follows the log gets every committed event once: among many writers, with
# rollbacks, savepoints, prepared and long transactions; and goes on with the same cursor
# after a restore into a cluster that has seen fewer transactions, at a promoted standby,
# and after a crash.  A subscriber of logical replication has a log of its own.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $session = q{
	ALTER DATABASE postgres SET search_path = acs, public;
	ALTER DATABASE postgres SET credentials.workspace_id = 'feedf00d-0000-4000-8000-000000000000';
};

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical');
$primary->append_conf('postgresql.conf', "max_prepared_transactions = 10\n");
$primary->start;
$primary->safe_psql('postgres', "CREATE SCHEMA acs; CREATE EXTENSION credentials SCHEMA acs; $session");
$primary->safe_psql('postgres', q{
	CREATE FUNCTION make_user(name text) RETURNS void LANGUAGE sql AS $$
		SELECT acs_users_create('10000000-0000-4000-8000-000000000000', name) $$;

	-- A client that notes what it was told together with its cursor.
	CREATE TABLE told (n serial, event_id uuid, name text);
	CREATE TABLE follower (cursor text);
	INSERT INTO follower VALUES (NULL);
	CREATE FUNCTION follow(page_size int) RETURNS bigint LANGUAGE plpgsql AS $$
	DECLARE
		last text;
		before bigint := coalesce((SELECT max(n) FROM told), 0);
	BEGIN
		FOR last IN
			WITH page AS (SELECT * FROM acs_events_after((SELECT f.cursor FROM follower f), page_size)),
				 noted AS (INSERT INTO told (event_id, name) SELECT event_id, details ->> 'full_name' FROM page)
			SELECT page.cursor FROM page
		LOOP
			UPDATE follower SET cursor = last;
		END LOOP;
		RETURN (SELECT count(*) FROM told WHERE n > before);
	END
	$$;
	-- Until nothing is held back that there is now, and all of it is told.
	CREATE PROCEDURE catch_up() LANGUAGE plpgsql AS $$
	DECLARE
		next xid8 := pg_snapshot_xmax(pg_current_snapshot());
	BEGIN
		WHILE pg_snapshot_xmin(pg_current_snapshot()) < next LOOP
			PERFORM pg_sleep(0.01);
		END LOOP;
		LOOP
			EXIT WHEN follow(100) = 0;
			COMMIT;
		END LOOP;
	END
	$$;
	-- What was told, and what there is: how many, how often, and which not.
	CREATE VIEW balance AS
		SELECT (SELECT count(*) FROM acs_events e WHERE event_id NOT IN (SELECT event_id FROM told)) AS lost,
		       (SELECT count(*) - count(DISTINCT event_id) FROM told) AS doubled,
		       (SELECT count(*) FROM told WHERE event_id NOT IN (SELECT event_id FROM acs_events)) AS invented;
});

sub value
{
	my ($node, $sql) = @_;
	return $node->safe_psql('postgres', $sql);
}

sub is_balanced
{
	my ($node, $name) = @_;
	value($node, 'CALL catch_up()');
	return is(value($node, 'SELECT * FROM balance'), '0|0|0', "$name: nothing is lost, doubled or invented");
}

# Nothing yet.
is(value($primary, 'SELECT count(*) FROM acs_events_after()'), 0, 'there is no event in the beginning');
is(value($primary, 'UPDATE follower SET cursor = (SELECT cursor FROM acs_events_horizon()) RETURNING cursor'),
	'1:0:ffffffff-ffff-ffff-ffff-ffffffffffff', 'what comes is what is followed');
value($primary, q{INSERT INTO acs_systems (acs_system_id, system_type, name) VALUES ('10000000-0000-4000-8000-000000000000', 'generic', 'Hotel')});

#--- many at once -------------------------------------------------------------

my $begin = q{
	\set choice random(1, 4)
	BEGIN;
	\if :client_id % 2
		SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
	\endif
	SELECT make_user('first');
};
$primary->pgbench(
	'--no-vacuum --client=9 --jobs=2 --time=4 --random-seed=824759',
	0, [qr/actually processed/], [qr/^pgbench: setting random seed to \d+$/],
	'many writers and one reader',
	{
		'feed_short@6' => $begin . 'COMMIT;',
		'feed_mixed@6' => $begin . q{
			SAVEPOINT a;
			SELECT make_user('never');
			ROLLBACK TO a;
			SAVEPOINT b;
			SELECT make_user('nested');
			RELEASE b;
			\sleep 3 ms
			SELECT make_user('last');
			\if :choice = 1
				ROLLBACK;
			\else
				COMMIT;
			\endif
		},
		'feed_long@1' => $begin . q{
			\sleep 100 ms
			SELECT make_user('late');
			COMMIT;
		},
		'feed_prepared@1' => $begin . q{
			PREPARE TRANSACTION 'feed_:client_id';
			\sleep 30 ms
			\if :choice = 1
				ROLLBACK PREPARED 'feed_:client_id';
			\else
				COMMIT PREPARED 'feed_:client_id';
			\endif
		},
		# One at a time, as its cursor is one.
		'feed_reader@20' => q{
			\set size random(1, 30)
			BEGIN;
			SELECT pg_try_advisory_xact_lock(1) AS free \gset
			\if :free
				SELECT follow(:size);
			\endif
			COMMIT;
			\sleep 1 ms
		},
	});
my $during = value($primary, 'SELECT count(*) FROM told');
cmp_ok($during, '>', 50, "it was told while they wrote: $during");
is_balanced($primary, 'many at once');
is(value($primary, q{SELECT count(*) FROM told WHERE name = 'never'}), 0, 'what was rolled back is not told');
is(value($primary, q{SELECT string_agg(DISTINCT name, ' ' ORDER BY name) FROM told}), 'first last late nested', 'all else is');
is(value($primary, 'SELECT count(DISTINCT feed_epoch) FROM acs_feed'), 1, 'whoever began, it is one epoch');

#--- what holds it back -------------------------------------------------------

value($primary, q{BEGIN; SELECT make_user('prepared'); PREPARE TRANSACTION 'feed_held'});
value($primary, q{SELECT make_user('beside')});
is(value($primary, 'SELECT follow(100)'), 0, 'a prepared transaction holds the feed back');
is(value($primary, 'SELECT prepared, database, role, pid IS NULL, since < clock_timestamp() FROM acs_events_horizon()'),
	'feed_held|postgres|' . value($primary, 'SELECT current_user') . '|t|t', 'and is named');
value($primary, q{COMMIT PREPARED 'feed_held'});
is_balanced($primary, 'a prepared transaction');
value($primary, 'CREATE DATABASE other');
my $other = $primary->background_psql('other');
$other->query_safe('BEGIN; SELECT pg_current_xact_id()');
value($primary, q{SELECT make_user('beside')});
is(value($primary, 'SELECT follow(100)'), 0, 'so does a transaction in another database');
is(value($primary, 'SELECT database, pid IS NOT NULL, state FROM acs_events_horizon()'), 'other|t|idle in transaction', 'and is named');
$other->query_safe('COMMIT');
$other->quit;
is_balanced($primary, 'a transaction in another database');

#--- a standby, and its promotion --------------------------------------------

$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;
# committed, but a transaction that began before it is prepared, and outlives the primary
value($primary, q{BEGIN; SELECT make_user('survivor'); PREPARE TRANSACTION 'feed_survivor'});
value($primary, q{SELECT make_user('after the survivor')});
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
my $all = 'SELECT count(*), md5(string_agg(cursor, $$ $$)) FROM acs_events_after(page_size => 10000)';
is(value($standby, $all), value($primary, $all), 'a standby tells the same, as far');
is(value($standby, 'SELECT cursor FROM acs_events_horizon()'), value($primary, 'SELECT cursor FROM acs_events_horizon()'), 'and no further');
is(value($standby, q{SELECT count(*) FROM acs_events_after('9:999999999:00000000-0000-4000-8000-000000000000')}), 0,
	'a cursor that is ahead is no error there: it may be behind');
my ($status, $stdout, $stderr) = $standby->psql('postgres', 'SELECT acs_feed_epoch()');
like($stderr, qr/cannot execute acs_feed_epoch/, 'nothing is begun there');

$primary->stop('immediate');
$standby->promote;
value($standby, q{SELECT make_user('promoted')});
is(value($standby, 'SELECT follow(100)'), 0, 'what is prepared holds the feed back after the promotion, too');
is(value($standby, 'SELECT prepared FROM acs_events_horizon()'), 'feed_survivor', 'and is named');
value($standby, q{COMMIT PREPARED 'feed_survivor'});
is_balanced($standby, 'promoted');
is(value($standby, q{SELECT string_agg(name, ', ' ORDER BY n) FROM told WHERE name ~ 'surviv|promoted'}),
	'survivor, after the survivor, promoted', 'in their order');
is(value($standby, 'SELECT string_agg(DISTINCT feed_epoch || $$/$$ || timeline, $$ $$) FROM acs_feed'), '1/1 2/2', 'in a second epoch');

#--- a restore into a cluster that has seen fewer transactions ----------------

my $restored = PostgreSQL::Test::Cluster->new('restored');
$restored->init(allows_streaming => 'logical');
$restored->append_conf('postgresql.conf', "max_prepared_transactions = 10\nwal_writer_delay = 10s\n");
$restored->start;
my $directory = PostgreSQL::Test::Utils::tempdir();
$standby->command_ok([ 'pg_dump', '--format=custom', '--file', "$directory/dump", $standby->connstr('postgres') ], 'dumped');
$restored->command_ok([ 'pg_restore', '--exit-on-error', '--dbname', $restored->connstr('postgres'), "$directory/dump" ], 'restored');
value($restored, $session);
cmp_ok(value($restored, 'SELECT pg_current_xact_id()'), '<', value($standby, 'SELECT max(xact)::text FROM acs_events'),
	'transactions are numbered from further below');
is(value($restored, 'SELECT count(*) FROM acs_events_after(page_size => 10000)'), value($restored, 'SELECT least(10000, count(*)) FROM acs_events'),
	'what was restored is told from the beginning, before there is anything new');
is_balanced($restored, 'restored');
value($restored, "SELECT make_user('restored $_')") foreach 1 .. 3;
is_balanced($restored, 'after the restore');
is(value($restored, q{SELECT string_agg(name, ', ' ORDER BY n) FROM told WHERE name ~ 'restored'}), 'restored 1, restored 2, restored 3', 'in their order');
is(value($restored, 'SELECT max(feed_epoch), max(feed_epoch) FILTER (WHERE system_identifier = (pg_control_system()).system_identifier) FROM acs_feed'),
	'3|3', 'in a third epoch, of this server');

#--- a crash, and what was not on disk yet ------------------------------------

# The commit is not waited for, and nobody writes it out soon.
my $told = value($restored, q{
	SET synchronous_commit = off;
	SELECT make_user('asynchronous');
	SELECT cursor FROM acs_events_after((SELECT cursor FROM follower))}) =~ s/^\n//r;
like($told, qr/^3:\d+:/, 'it is told');
$restored->stop('immediate');
$restored->start;
is(value($restored, q{SELECT count(*) FROM acs_events WHERE details ->> 'full_name' = 'asynchronous'}), 1, 'so a crash does not take it back');
is(value($restored, "SELECT count(*) FROM acs_events_after('$told')"), 0, 'and the cursor holds');
is_balanced($restored, 'after a crash');

#--- a subscriber of logical replication --------------------------------------

my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->start;
value($subscriber, "CREATE SCHEMA acs; CREATE EXTENSION credentials SCHEMA acs; ALTER DATABASE postgres SET credentials.workspace_required = on");
# as in the publication of the README
value($restored, q{
	SELECT format('CREATE PUBLICATION events FOR TABLE acs_events (%s)', string_agg(quote_ident(attname), ', ' ORDER BY attnum))
	  FROM pg_attribute
	 WHERE attrelid = 'acs_events'::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('feed_epoch', 'xact') \gexec
});
my $connection = $restored->connstr('postgres') =~ s{'}{''}gr;
value($subscriber, "CREATE SUBSCRIPTION events CONNECTION '$connection' PUBLICATION events");
$subscriber->wait_for_subscription_sync($restored, 'events');
value($restored, "SELECT make_user('replicated $_')") foreach 1 .. 3;
$restored->wait_for_catchup('events');
my $workspace = q{SET search_path = acs; SET credentials.workspace_id = 'feedf00d-0000-4000-8000-000000000000'};
is(value($subscriber, 'SELECT count(*) FROM acs.acs_events'), value($restored, 'SELECT count(*) FROM acs_events'), 'the subscriber has them all');
is(value($subscriber, 'SELECT count(DISTINCT feed_epoch), bool_and(system_identifier = (pg_control_system()).system_identifier) FROM acs.acs_feed'), '1|t',
	'in an epoch of its own');
is(value($subscriber, q{SELECT count(*) FROM acs.acs_events WHERE xact >= pg_current_xact_id() OR feed_epoch <> 1}), 0, 'of transactions of its own');
$subscriber->poll_query_until('postgres', 'SELECT pg_snapshot_xmin(pg_current_snapshot()) > (SELECT max(xact) FROM acs.acs_events)') or die;
is(value($subscriber, qq{$workspace;
	SELECT string_agg(details ->> 'full_name', ', ')
	  FROM acs_events_after((SELECT format('1:%s:ffffffff-ffff-ffff-ffff-ffffffffffff', min(xact)) FROM acs_events))}),
	'replicated 1, replicated 2, replicated 3', 'which it tells in their order');

$_->stop foreach $subscriber, $restored, $standby;
done_testing();
