# A dump restores what was there: all rows of all workspaces, years later, without a
# word in the event log; and what is restored is guarded as before.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('node');
# Names and labels are not ASCII, whatever the locale of who calls.
$node->init(extra => [ '--encoding=UTF8', '--no-locale' ]);
$node->start;
my $directory = PostgreSQL::Test::Utils::tempdir();

sub value
{
	my ($database, $sql) = @_;
	return $node->safe_psql($database, "SET search_path = acs, public; $sql");
}

$node->safe_psql('postgres', 'CREATE DATABASE old');
$node->safe_psql('old', 'CREATE SCHEMA acs; CREATE EXTENSION credentials SCHEMA acs');
my $builtin = value('old', 'SELECT md5(string_agg(t::text, $$,$$ ORDER BY system_type)) FROM acs_system_types t');

# Two workspaces with the same codes, and all that a credential can have.
foreach my $workspace ('d03b0000-0000-4000-8000-000000000001', 'd03b0000-0000-4000-8000-000000000002')
{
	value('old', qq{
		SET credentials.workspace_id = '$workspace';
		DO \$\$
		DECLARE
			manager uuid := (acs_systems_create('Credential service')).acs_system_id;
			hotel uuid := (acs_systems_create('Hotel', default_credential_manager_acs_system_id => manager)).acs_system_id;
			door uuid := (acs_entrances_create(hotel, 'Door')).acs_entrance_id;
			staff uuid := (acs_access_groups_create(hotel, 'Staff', ARRAY[door])).acs_access_group_id;
			jane uuid := (acs_users_create(hotel, 'Jane Doe', 'jane\@example.com', user_identity_id => acs_uuid(),
			                               access_ends_at => '2100-01-01', acs_access_group_ids => ARRAY[staff])).acs_user_id;
			key uuid;
		BEGIN
			PERFORM acs_credentials_create(jane, 'code', '824759', '2100-05-01', '2100-06-01', ARRAY[door]);
			PERFORM acs_credentials_create(jane, 'code', '824759', '2100-06-01', '2100-07-01');
			PERFORM acs_credentials_create(jane, 'card', '123456');
			PERFORM acs_credentials_create(jane, 'code', '000123');
			key := (acs_credentials_create(jane, 'mobile_key', is_multi_phone_sync_credential => true,
			                               visionline_metadata => '{"label": "Zimmer \\u00fc\\n\\"1\\""}')).acs_credential_id;
			INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, parent_acs_credential_id)
				VALUES (hotel, jane, 'mobile_key', key);
			-- long over; and unassigned, disabled, spent
			INSERT INTO acs_credentials (acs_system_id, acs_user_id, access_method, code, starts_at, ends_at, created_at)
				VALUES (hotel, jane, 'code', '824759', '2001-05-01', '2001-06-01', '2001-05-01');
			INSERT INTO acs_credentials (acs_system_id, access_method, card_number, disable_reasons, is_issued, issued_at, max_uses, uses, used_up_at)
				VALUES (hotel, 'card', 'F00BA7', '{lost, stolen}', true, '2001-05-01', 3, 3, '2001-05-02');
			PERFORM acs_credentials_delete((acs_credentials_create(jane, 'code', '555666')).acs_credential_id);
			PERFORM acs_access_request(door, 'code', '777888');
		END
		\$\$;
	});
}
value('old', q{
	INSERT INTO acs_system_types (system_type, display_name, code_min_length, code_max_length, access_methods)
		VALUES ('own_type', 'Own type', 4, 4, '{code}');
	INSERT INTO acs_system_types (system_type, display_name, card_number_format) VALUES ('own_cards', 'Own cards', 'wiegand26');
	SET credentials.workspace_id = 'd03b0000-0000-4000-8000-000000000003';
	SELECT acs_systems_create('Own system', 'own_type');
	INSERT INTO acs_credentials (acs_system_id, access_method, card_number)
		SELECT acs_system_id, 'card', '77108' FROM acs_systems_create('Own gate', 'own_cards')});

# What a database holds: a digest of each table, its rows as text.
sub contents
{
	my ($database) = @_;
	my @tables = split /\n/, value($database,
		q{SELECT unnest(extconfig)::regclass::text COLLATE "C" FROM pg_extension WHERE extname = 'credentials' ORDER BY 1});
	return { map { $_ => value($database, qq{SELECT count(*) || ' ' || md5(string_agg(r::text, E'\\n' ORDER BY r::text)) FROM $_ r}) } @tables };
}
my $old = contents('old');
cmp_ok(scalar keys %$old, '>', 10, 'there are tables to dump');
is_deeply([ grep { $old->{$_} =~ /^0 / } sort keys %$old ], [], 'and rows in each');

# Ways to dump and restore.
my %ways = (
	plain => sub {
		my ($database) = @_;
		$node->command_ok([ 'pg_dump', '--file', "$directory/plain.sql", $node->connstr('old') ], 'plain: dumped');
		$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$directory/plain.sql", $node->connstr($database) ], 'plain: restored');
	},
	custom => sub {
		my ($database) = @_;
		$node->command_ok([ 'pg_dump', '--format=custom', '--file', "$directory/custom.dump", $node->connstr('old') ], 'custom: dumped');
		$node->command_ok([ 'pg_restore', '--exit-on-error', '--single-transaction', '--dbname', $node->connstr($database), "$directory/custom.dump" ],
			'custom: restored');
	},
	tar => sub {
		my ($database) = @_;
		$node->command_ok([ 'pg_dump', '--format=tar', '--file', "$directory/tar.dump", $node->connstr('old') ], 'tar: dumped');
		$node->command_ok([ 'pg_restore', '--exit-on-error', '--dbname', $node->connstr($database), "$directory/tar.dump" ], 'tar: restored');
	},
	# Several processes would load tables before those that they refer to.
	sections => sub {
		my ($database) = @_;
		$node->command_ok([ 'pg_dump', '--format=directory', '--jobs=2', '--file', "$directory/sections", $node->connstr('old') ], 'sections: dumped');
		foreach my $section (qw(pre-data data post-data))
		{
			my @jobs = $section eq 'data' ? () : ('--jobs=2');
			$node->command_ok([ 'pg_restore', '--exit-on-error', "--section=$section", @jobs,
					'--dbname', $node->connstr($database), "$directory/sections" ], "sections: restored $section");
		}
	},
	# INSERTs are told, unless triggers are off.
	inserts => sub {
		my ($database) = @_;
		local $ENV{PGOPTIONS} = '-c session_replication_role=replica';
		$node->command_ok([ 'pg_dump', '--column-inserts', '--file', "$directory/inserts.sql", $node->connstr('old') ], 'inserts: dumped');
		$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$directory/inserts.sql", $node->connstr($database) ], 'inserts: restored');
	},
	'data only in one transaction' => sub {
		my ($database) = @_;
		$node->safe_psql($database, 'CREATE SCHEMA acs; CREATE EXTENSION credentials SCHEMA acs');
		$node->command_ok([ 'pg_dump', '--format=custom', '--data-only', '--file', "$directory/data.dump", $node->connstr('old') ], 'data only in one transaction: dumped');
		$node->command_ok([ 'pg_restore', '--exit-on-error', '--single-transaction', '--dbname', $node->connstr($database), "$directory/data.dump" ],
			'data only in one transaction: restored');
	},
	'data only' => sub {
		my ($database) = @_;
		$node->safe_psql($database, 'CREATE SCHEMA acs; CREATE EXTENSION credentials SCHEMA acs');
		$node->command_ok([ 'pg_dump', '--data-only', '--file', "$directory/data.sql", $node->connstr('old') ], 'data only: dumped');
		$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$directory/data.sql", $node->connstr($database) ], 'data only: restored');
	});

foreach my $way (sort keys %ways)
{
	(my $database = "restored $way") =~ s/ /_/g;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$ways{$way}->($database);
	my $new = contents($database);
	is($new->{$_}, $old->{$_}, "$way: $_ is as it was") foreach sort keys %$old;

	is(value($database, 'SELECT md5(string_agg(t::text, $$,$$ ORDER BY system_type)) FROM acs_system_types t WHERE is_builtin'),
		$builtin, "$way: the extension's types are those of the extension");
	is(value($database, q{SELECT code_max_length || access_methods::text FROM acs_system_types WHERE system_type = 'own_type'}), '4{code}', "$way: one's own type is there");
	is(value($database, q{SELECT identifier FROM acs_credentials WHERE card_number = '77108'}), '1:11572', "$way: a card is known by what its type's format makes of its number");
	is(value($database, q{SELECT count(*) FROM acs_credentials
			WHERE display_name IS DISTINCT FROM acs_display_name(access_method, code, card_number, is_multi_phone_sync_credential)}),
		'0', "$way: every display name is computed");
	is(value($database, q{SELECT string_agg(DISTINCT display_name, ', ' ORDER BY display_name) FROM acs_credentials WHERE code = '824759'}),
		'Code 82****', "$way: and masked");

	# What is restored is guarded as before.
	my $jane = value($database, q{SELECT acs_user_id FROM acs_users WHERE workspace_id = 'd03b0000-0000-4000-8000-000000000001'});
	my $session = "SET search_path = acs; SET credentials.workspace_id = 'd03b0000-0000-4000-8000-000000000001'";
	my ($status, $stdout, $stderr) = $node->psql($database,
		"\\set VERBOSITY verbose\n$session; SELECT acs_credentials_create('$jane', 'code', '824759', '2100-05-31')");
	like($stderr, qr/ERROR:  23P01: .*CONSTRAINT NAME:  code_overlap/s, "$way: a code that is taken is refused");
	($status, $stdout, $stderr) = $node->psql($database, "\\set VERBOSITY verbose\n$session; DELETE FROM acs_events");
	like($stderr, qr/ERROR:  42501: .*CONSTRAINT NAME:  append_only/s, "$way: events are still append-only");
	($status, $stdout, $stderr) = $node->psql($database, "\\set VERBOSITY verbose\n$session; UPDATE acs_system_types SET code_max_length = 1 WHERE is_builtin");
	like($stderr, qr/ERROR:  42501: .*CONSTRAINT NAME:  builtin_system_type/s, "$way: the extension's types cannot be changed");
	is($node->safe_psql($database, "$session; SELECT display_name FROM acs_credentials_create('$jane', 'code', '824759', '2100-07-01')"),
		'Code 82****', "$way: it is free at another time");
	is($node->safe_psql($database, "$session; SELECT count(*) FROM acs_events WHERE acs_user_id = '$jane' AND event_type = 'acs_credential.created'"),
		1 + value('old', "SELECT count(*) FROM acs_events WHERE acs_user_id = '$jane' AND event_type = 'acs_credential.created'"),
		"$way: which the event log tells");
}

# A dump has what is in a column of a DBA's own, and not the column: it is made again
# before the data is restored.
$node->safe_psql('postgres', 'CREATE DATABASE own TEMPLATE restored_custom');
value('own', q{ALTER TABLE acs_users ADD COLUMN locker text; CREATE INDEX lockers ON acs_users (locker); UPDATE acs_users SET locker = '17'});
$node->command_ok([ 'pg_dump', '--format=custom', '--file', "$directory/own.dump", $node->connstr('own') ], 'own column: dumped');
$node->safe_psql('postgres', 'CREATE DATABASE restored_own');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--section=pre-data', '--dbname', $node->connstr('restored_own'), "$directory/own.dump" ],
	'own column: restored pre-data');
my @restore_data = ('pg_restore', '--exit-on-error', '--single-transaction', '--section=data', '--dbname', $node->connstr('restored_own'), "$directory/own.dump");
$node->command_fails_like(\@restore_data, qr/column "locker" of relation "acs_users" does not exist/, 'own column: it is not there');
value('restored_own', 'ALTER TABLE acs_users ADD COLUMN locker text');
$node->command_ok(\@restore_data, 'own column: restored data once it is');
is(value('restored_own', 'SELECT count(*), min(locker) FROM acs_users'), value('own', 'SELECT count(*), min(locker) FROM acs_users'), 'own column: with what was in it');
is(value('restored_own', q{SELECT count(*) FROM pg_indexes WHERE indexname = 'lockers'}), 0, 'own column: and without its index');

# Who sees one workspace cannot take it for a dump of all.
value('old', q{
	CREATE ROLE tenant LOGIN;
	ALTER ROLE tenant SET credentials.workspace_id = 'd03b0000-0000-4000-8000-000000000001';
	GRANT USAGE ON SCHEMA acs TO tenant;
	GRANT SELECT ON ALL TABLES IN SCHEMA acs TO tenant});
$node->command_fails_like([ 'pg_dump', '--username=tenant', '--file', "$directory/tenant.sql", $node->connstr('old') ],
	qr/row-level security/, 'a dump by a tenant is refused, not cut short');

$node->stop;
done_testing();
