# Forty keypads' worth of wrong codes at once: as many are told to be unknown as the
# limit allows, and everybody after them learns only that it is locked, whatever code
# they send.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $connections = 40;
my $node = PostgreSQL::Test::Cluster->new('node');
$node->init;
$node->append_conf('postgresql.conf', q{
	max_connections = 60
	timezone = 'UTC'
	credentials.lockout_attempts = 10
	credentials.lockout_duration = '1h'
});
$node->start;

$node->safe_psql('postgres', qq{
	CREATE EXTENSION credentials;

	CREATE FUNCTION id(name text) RETURNS uuid LANGUAGE sql IMMUTABLE
		RETURN rpad(name, 32, '0')::uuid;
	INSERT INTO acs_systems (acs_system_id, system_type, name) VALUES (id('5'), 'generic', 'Hotel');
	INSERT INTO acs_entrances (acs_system_id, acs_entrance_id, display_name) VALUES (id('5'), id('e'), 'Lobby');
	INSERT INTO acs_users (acs_system_id, acs_user_id, full_name, is_suspended)
		VALUES (id('5'), id('a'), 'Ada', false), (id('5'), id('b'), 'Bob', true);
	INSERT INTO acs_credentials (acs_system_id, acs_user_id, acs_credential_id, access_method, code, disable_reasons)
		VALUES (id('5'), id('a'), id('c1'), 'code', '824001', '{}'),
		       (id('5'), id('b'), id('c2'), 'code', '824002', '{}'),
		       (id('5'), id('a'), id('c3'), 'code', '824003', '{lost}');
	INSERT INTO acs_credential_entrances (acs_credential_id, acs_entrance_id) VALUES (id('c1'), id('e'));

	CREATE TABLE arrived ();
	CREATE TABLE answers (LIKE acs_access_decision);
	CREATE PROCEDURE wait_for_all() LANGUAGE plpgsql AS \$\$
	BEGIN
		WHILE (SELECT count(*) FROM arrived) < $connections LOOP
			PERFORM pg_sleep(0.01);
		END LOOP;
	END \$\$;
});

sub value
{
	return $node->safe_psql('postgres', shift);
}

is(value(q{SELECT granted FROM acs_access_check(id('e'), 'code', '824001')}), 't', 'the right code opens');

$node->pgbench(
	"--no-vacuum --client=$connections --jobs=2 --transactions=1",
	0, [qr/processed: $connections\/$connections/], [qr/^$/],
	'all at once',
	{
		'lockout_wrong' => q{
			INSERT INTO arrived DEFAULT VALUES;
			CALL wait_for_all();
			INSERT INTO answers SELECT d.* FROM acs_access_request(id('e'), 'code', (999000 + :client_id)::text) AS d;
		},
	});

is(value('SELECT reasons, count(*) FROM answers GROUP BY 1 ORDER BY 1'),
	"{unknown_credential}|10\n{too_many_attempts}|30", 'ten are told that the code is unknown, thirty that it is locked');
is(value(q{SELECT details ->> 'reasons', count(*) FROM acs_events WHERE event_type = 'acs_entrance.access_denied' GROUP BY 1 ORDER BY 2}),
	qq{["unknown_credential"]|10\n["too_many_attempts"]|30}, 'the events tell the same');
is(value('SELECT failed_attempts FROM acs_entrance_lockouts'), 10, 'ten are counted');
is(value(q{
	SELECT locked_until - interval '1 hour' >= max(decided_at) FILTER (WHERE reason = 'unknown_credential'), locked_until <= now() + interval '1 hour'
	  FROM acs_entrance_lockouts, answers GROUP BY locked_until}), 't|t', 'it is locked from the tenth on');

# While it lasts, one code is like another.
my %codes = (
	'a code that opens' => "'824001'",
	'the same, as it is stored' => "'824001'::acs_code",
	'the same, with its id' => "'824001', acs_credential_id => id('c1')",
	'the code of a user who is suspended' => "'824002'",
	'a disabled code' => "'824003'",
	'what is no code' => "'open sesame'",
	'nothing' => 'NULL');
my $ask = sub {
	my ($code) = @_;
	return value(qq{
		SELECT to_jsonb(d) - 'decided_at' FROM acs_access_check(id('e'), 'code', $code) AS d;
		SELECT to_jsonb(d) - 'decided_at' FROM acs_access_request(id('e'), 'code', $code) AS d;
		SELECT to_jsonb(e) - '{event_id, occurred_at, xact}'::text[] FROM acs_events AS e ORDER BY event_id DESC LIMIT 1;
		SELECT failed_attempts, locked_until FROM acs_entrance_lockouts});
};
my $unknown = $ask->("'999999'");
like($unknown, qr/"too_many_attempts"/, 'an unknown code is answered that it is locked');
is($ask->($codes{$_}), $unknown, "$_: answer, event and count are those of an unknown code") for sort keys %codes;

value(q{UPDATE acs_entrance_lockouts SET locked_until = now()});
is(value(q{SELECT granted FROM acs_access_request(id('e'), 'code', '824001')}), 't', 'afterwards the right code opens');

$node->stop;
done_testing();
