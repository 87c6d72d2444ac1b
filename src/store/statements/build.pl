#!/usr/bin/perl
#
# build.pl ids|table FILE.sql ...
#
# Makes C of the statements: their enum, or the table of their texts.
#
# In the files they are plain SQL.  The extension runs them whatever the
# search_path is, so here every table, function, operator and type gets its
# schema: names that begin with acs_ are the extension's, which is "@." in the
# table, all others are the server's.  What is not understood is an error, as
# are the parts of SQL that look an operator up by themselves (IN, BETWEEN,
# LIKE, IS DISTINCT FROM, NULLIF, CASE x WHEN, JOIN ... USING): they cannot be
# qualified.  So keywords are in upper case and names in lower case, and where
# two operators meet, parentheses say which goes first, because with a schema
# all operators are of one precedence.
#
# A statement is
#
#   --! callers snapshot, plan each time
#   PREPARE name (uuid, text) AS
#   SELECT ...;
#
# with the workspace as $1, to which every table is bound, except in what is said
# to be of every workspace.  The first line is left out if it would be empty; its
# other words are members of Statement in statements.c.

use strict;
use warnings;

# Members of Statement that a statement can have.
my %flag = (
	'callers snapshot' => 'callers_snapshot',
	'plan each time' => 'plan_each_time');
my $unbound = 'every workspace';

# Types of the server: their name in pg_type, and their OID in C.
my %server_type = (
	bigint => [ 'int8', 'INT8OID' ],
	boolean => [ 'bool', 'BOOLOID' ],
	integer => [ 'int4', 'INT4OID' ],
	jsonb => [ 'jsonb', 'JSONBOID' ],
	text => [ 'text', 'TEXTOID' ],
	'text[]' => [ 'text[]', 'TEXTARRAYOID' ],
	timestamptz => [ 'timestamptz', 'TIMESTAMPTZOID' ],
	uuid => [ 'uuid', 'UUIDOID' ],
	'uuid[]' => [ 'uuid[]', 'UUIDARRAYOID' ],
	xid => [ 'xid', 'XIDOID' ],
	xid8 => [ 'xid8', 'XID8OID' ]);

my %operator = map { $_ => 1 } qw(= <> < > <= >= + - * / % & || ->);

# A table comes next.
my %before_table = map { $_ => 1 } qw(FROM INTO JOIN USING);

# Ends the list of tables.
my %after_tables = map { $_ => 1 } qw(FOR LIMIT ORDER RETURNING SELECT SET UNION VALUES WHERE);

# Part of an expression, which goes on.
my %in_expression = map { $_ => 1 } qw(ALL ANY ARRAY COALESCE LEAST EXISTS FALSE NULL TRUE);
my %is_operand = map { $_ => 1 } qw(FALSE NULL TRUE);

my %keyword = (
	%before_table, %after_tables, %in_expression,
	map { $_ => 1 } qw(AND AS ASC BY CASE CONFLICT CROSS DELETE DESC DO ELSE END
	  INSERT KEY LATERAL LEFT NO NOT NOTHING OF OFFSET ON OR ORDINALITY SHARE THEN
	  UPDATE WHEN WITH));

# Not bound to a workspace.
my %shared_table = (acs_system_types => 1);

my ($file, $line, $name);    # what is read, for messages

sub refuse
{
	my ($why) = @_;

	die "$file:$line: " . ($name ? "statement $name: " : '') . "$why\n";
}

#--- one statement -----------------------------------------------------------

# What is known within a pair of parentheses, or between CASE and END.
my @levels;
my ($statement, $text, $previous);

sub level { return $levels[-1]; }

# An operand follows what is neither an operand nor the name of a table.
sub operand
{
	my ($what) = @_;

	refuse("$what follows another operand, without an operator") if level->{operand};
	level->{operand} = 1;
	return;
}

# With a schema, all operators are of one precedence.
sub one_operator
{
	my ($what) = @_;

	refuse("$what needs an operand before it") if !level->{operand};
	refuse("$what needs parentheses beside $levels[-1]{operator}") if level->{operator};
	level->{operator} = $what;
	return;
}

sub begin_level
{
	push @levels, {@_};
	return;
}

sub end_level
{
	my ($kind) = @_;
	my $ended = pop @levels;

	refuse("$kind without its beginning") if !@levels || $ended->{kind} ne $kind;
	if ($ended->{is_table})
	{
		level->{next} = 'alias';
	}
	else
	{
		level->{operand} = 1;
	}
	return;
}

sub read_keyword
{
	my ($word, $rest) = @_;
	my $level = level;
	my $next = delete $level->{next};

	delete $level->{table} if $word ne 'AS';
	refuse("$word is no keyword that is known here") if !$keyword{$word};
	refuse('CASE with an operand compares by an operator without a schema')
	  if $word eq 'CASE' && $rest !~ /^\s+WHEN\b/;
	refuse('only WITH ORDINALITY is known') if $word eq 'WITH' && $rest !~ /^\s+ORDINALITY\b/;
	refuse("$word in place of a table")
	  if ($next // '') eq 'table' && $word ne 'LATERAL';

	operand($word) if $is_operand{$word};
	delete @$level{qw(operand operator)} if !$in_expression{$word} && $word !~ /^(?:CASE|END)$/;
	$level->{in_tables} = 1 if $word =~ /^(?:FROM|USING)$/;
	delete $level->{in_tables} if $after_tables{$word};
	delete $level->{in_set} if $word =~ /^(?:FROM|WHERE|RETURNING)$/;
	$level->{in_set} = 1 if $word eq 'SET';
	$level->{next} = 'target' if $word eq 'SET';
	if ($before_table{$word} || $word eq 'LATERAL' || $word eq 'UPDATE' && $text eq '')
	{
		$level->{next} = 'table';
	}
	$level->{next} = 'alias' if $word eq 'AS';
	if ($word eq 'CASE')
	{
		operand($word);
		delete $level->{operand};
		begin_level(kind => 'END');
	}
	end_level('END') if $word eq 'END';
	return $word;
}

sub read_table
{
	my ($word) = @_;

	refuse("$word is no table of the extension") if $word !~ /^acs_/;
	level->{next} = 'alias';
	level->{table} = { name => $word, alias => $word };
	push @{ $statement->{tables} }, level->{table};
	$statement->{alias}{$word} = 1;
	return "\@.$word";
}

sub read_alias
{
	my ($word) = @_;
	my $table = delete level->{table};

	delete level->{next};
	$table->{alias} = $word if $table;
	$statement->{alias}{$word} = 1;
	return $word;
}

sub read_name
{
	my ($word, $rest) = @_;
	my $is_call = $rest =~ /^\s*\(/;
	my $next = level->{next} // '';

	refuse("$word is a keyword, which is in upper case here")
	  if $keyword{ uc $word } && !($is_operand{ uc $word } && $word ne 'null');
	return read_table($word) if $next eq 'table' && (!$is_call || $previous eq 'INTO');
	return read_alias($word) if $next eq 'alias';
	operand($word);
	level->{next} = 'assignment' if $next eq 'target';
	return $word if !$is_call;
	level->{called} = $next eq 'table' ? 'table' : 'value';
	return ($word =~ /^acs_/ ? '@.' : 'pg_catalog.') . $word;
}

sub read_column
{
	my ($alias, $column, $rest) = @_;

	refuse("$alias.$column is called, but a name gets its schema here") if $rest =~ /^\s*\(/;
	refuse("$alias.$column in place of a table") if (level->{next} // '') eq 'table';
	operand("$alias.$column");
	push @{ $statement->{used} }, $alias;
	return "$alias.$column";
}

sub read_type
{
	my ($type) = @_;

	refuse("a type needs an operand before it") if !level->{operand};
	return "::\@.$type" if $type =~ /^acs_/;
	refuse("type $type is unknown here") if !$server_type{$type};
	return "::pg_catalog.$server_type{$type}[0]";
}

sub read_operator
{
	my ($schema, $symbol) = @_;

	if ($symbol eq '*' && $previous eq '(')    # count(*)
	{
		operand('*');
		return '*';
	}
	if ((delete level->{next} // '') eq 'assignment')
	{
		refuse("$symbol in place of = after SET") if $symbol ne '=';
		delete level->{operand};
		return '=';
	}
	refuse("operator $symbol is unknown here") if !$operator{$symbol};
	one_operator($symbol);
	delete level->{operand};
	return "OPERATOR($schema$symbol)";
}

sub read_parenthesis
{
	my ($rest) = @_;
	my $level = level;
	my $called = delete $level->{called};
	my $next = delete $level->{next} // '';

	delete $level->{table};
	refuse('only SELECT can be in parentheses in place of a table')
	  if $next eq 'table' && !$called && $rest !~ /^\s*SELECT\b/;
	refuse('a parenthesis follows an operand') if $level->{operand} && !$called;
	delete $level->{operand};
	begin_level(kind => ')', is_table => $next eq 'table');
	return '(';
}

sub read_comma
{
	my $level = level;

	delete @$level{qw(operand operator next table)};
	$level->{next} = 'table' if $level->{in_tables};
	$level->{next} = 'target' if $level->{in_set};
	return ',';
}

sub read_param
{
	my ($number) = @_;

	operand("\$$number");
	refuse("\$$number has no type") if $number > @{ $statement->{types} };
	$statement->{param}{$number} = 1;
	return "\$$number";
}

# The next token of the text, as it is to be run.
sub read_token
{
	my ($source) = @_;
	my $rest = sub { return substr($$source, pos $$source); };

	return read_operator('@.', $1) if $$source =~ /\GOPERATOR\(acs\.([^\s()]+)\)/gc;
	if ($$source =~ /\GIS (?:NOT )?(?:NULL|TRUE|FALSE)\b/gc)
	{
		my $test = $&;

		one_operator($test);
		return $test;
	}
	return read_column('EXCLUDED', $1, $rest->()) if $$source =~ /\GEXCLUDED\.([a-z_]+)/gc;
	return read_column($1, $2, $rest->())
	  if $$source =~ /\G([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*|\*)/gc;
	return read_name($1, $rest->()) if $$source =~ /\G([a-z][a-z0-9_]*)(?![\w.])/gc;
	return read_keyword($1, $rest->()) if $$source =~ /\G([A-Z]+)(?![\w.'])/gc;
	return read_type($1) if $$source =~ /\G::([a-z][a-z0-9_]*(?:\[\])?)/gc;
	return read_param($1) if $$source =~ /\G\$([0-9]+)(?!\w)/gc;
	if ($$source =~ /\G(?:[0-9]+(?![\w.])|E?'[^'\n@]*'(?!'))/gc)
	{
		my $constant = $&;

		refuse('a backslash in a string without E')
		  if $constant =~ /^'.*\\/s;
		operand($constant);
		return $constant;
	}
	return read_parenthesis($rest->()) if $$source =~ /\G\(/gc;
	if ($$source =~ /\G\)/gc)
	{
		end_level(')');
		return ')';
	}
	return read_comma() if $$source =~ /\G,/gc;
	return read_operator('pg_catalog.', $1) if $$source =~ m{\G([-+*/<>=~!@#%^&|`?]+)}gc;
	$$source =~ /\G./gc;
	refuse("$& is not understood");
	return;
}

# Blanks and comments; the lines of the source are the lines of the text.
sub skip_blanks
{
	my ($source) = @_;
	my $skipped = '';

	while ($$source =~ /\G(?:\s|--[^\n]*)/gc)
	{
		$line++ if $& eq "\n";
		$skipped = "\n" if $& eq "\n";
		$skipped ||= ' ';
	}
	return $skipped;
}

sub read_text
{
	my ($source) = @_;
	my $blank = '';

	@levels = ({ kind => '' });
	($text, $previous) = ('', '');
	while ($$source !~ /\G;/gc)
	{
		refuse('the semicolon is missing') if pos $$source == length $$source;
		my $token = read_token($source);

		$text .= $blank if $text ne '';
		$text .= $token;
		$previous = $token =~ s/^\@\.//r;
		$blank = skip_blanks($source);
	}
	refuse('parentheses or CASE are not closed') if @levels > 1;
	return $text;
}

# Every table is bound to the workspace, by itself: so nothing is read of
# another one, and the statement can be sent to where the workspace is.
sub check_workspace
{
	my %bound;

	$bound{$_}++ for $text =~ /\b(\w+)\.workspace_id OPERATOR\(pg_catalog\.=\) \$1(?!\d)/g;
	if ($text =~ /^INSERT INTO \@\.(\w+)(?: AS (\w+))?\s*\(workspace_id,.*?\)\s*(?:VALUES \(|SELECT )\$1,/s)
	{
		$bound{ $2 // $1 }++;
	}
	for my $table (@{ $statement->{tables} })
	{
		next if $shared_table{ $table->{name} };
		refuse("$table->{name} $table->{alias} is not bound to workspace \$1")
		  if !$bound{ $table->{alias} }--;
	}
	return;
}

sub check_statement
{
	refuse('it is no SELECT, INSERT, UPDATE or DELETE')
	  if $text !~ /^(?:SELECT|INSERT|UPDATE|DELETE)\b/;
	for my $alias (@{ $statement->{used} })
	{
		refuse("$alias is no table of the statement")
		  if !$statement->{alias}{$alias} && $alias ne 'EXCLUDED';
	}
	for my $number (1 .. @{ $statement->{types} })
	{
		next if $number == 1 && $statement->{unbound};
		refuse("\$$number is not used") if !$statement->{param}{$number};
	}
	check_workspace() if !$statement->{unbound};
	return;
}

#--- files -------------------------------------------------------------------

sub read_types
{
	my ($list) = @_;
	my @types = split /\s*,\s*/, $list;

	for my $type (@types)
	{
		refuse("type $type is unknown here") if $type !~ /^acs_\w+$/ && !$server_type{$type};
	}
	refuse('the first parameter is the workspace, a uuid') if !@types || $types[0] ne 'uuid';
	return \@types;
}

# The words after --! in the comments before a statement.
sub read_flags
{
	my ($comments) = @_;
	my @flags = map { split /\s*,\s*/ } $comments =~ /^--!\s*(.*?)\s*$/gm;

	for my $word (@flags)
	{
		refuse("\"$word\" is unknown after --!") if !$flag{$word} && $word ne $unbound;
	}
	$statement->{unbound} = grep { $_ eq $unbound } @flags;
	$statement->{flags} = [ map { $flag{$_} // () } @flags ];
	return;
}

sub read_statement
{
	my ($source, $comments) = @_;

	$$source =~ /\GPREPARE ([a-z_]+) \(([^()]*)\) AS\b/gc
	  or refuse('a statement begins with PREPARE name (types) AS');
	$name = $1;
	$statement = { name => $1 };
	$statement->{types} = read_types($2);
	read_flags($comments);
	$line += ($& =~ tr/\n//);
	skip_blanks($source);
	$statement->{text} = read_text($source);
	check_statement();
	return $statement;
}

sub read_file
{
	my @statements;

	($file, $line) = (@_, 1);
	open my $handle, '<', $file or die "$file: $!\n";
	my $source = do { local $/; <$handle> };
	close $handle;
	pos($source) = 0;
	for (;;)
	{
		my $start = pos $source;

		undef $name;
		skip_blanks(\$source);
		last if pos $source == length $source;
		push @statements,
		  read_statement(\$source, substr($source, $start, pos($source) - $start));
	}
	return @statements;
}

#--- C -----------------------------------------------------------------------

sub print_ids
{
	print "/* made by src/store/statements/build.pl */\n",
	  "typedef enum StatementId\n{\n",
	  (map { "\tSTMT_\U$_->{name}\E,\n" } @_),
	  "\tSTMT_COUNT\n} StatementId;\n";
	return;
}

sub c_string
{
	my ($line) = @_;

	return '"' . ($line =~ s/([\\"])/\\$1/gr) . '"';
}

sub c_type
{
	my ($type) = @_;

	return $type =~ /^acs_/ ? "{.own = \"$type\"}" : "{$server_type{$type}[1]}";
}

sub print_table
{
	print "/* made by src/store/statements/build.pl */\n",
	  "static const Statement statements[STMT_COUNT] = {\n";
	for my $s (@_)
	{
		my @lines = split /\n/, $s->{text};

		print "\t[STMT_\U$s->{name}\E] = {\n\t\t",
		  join(" \"\n\t\t", map { c_string($_) =~ s/"$//r } @lines), "\",\n",
		  "\t\t.nparams = " . @{ $s->{types} } . ",\n",
		  "\t\t.params = {", join(', ', map { c_type($_) } @{ $s->{types} }), "},\n",
		  (map { "\t\t.$_ = true,\n" } @{ $s->{flags} }),
		  "\t},\n";
	}
	print "};\n";
	return;
}

my %print = (ids => \&print_ids, table => \&print_table);
my $what = shift // '';
die "usage: build.pl ids|table FILE.sql ...\n" if !$print{$what} || !@ARGV;

my (@all, %seen);
for my $sql (@ARGV)
{
	for my $s (read_file($sql))
	{
		die "$sql: statement $s->{name} is there twice\n" if $seen{ $s->{name} }++;
		push @all, $s;
	}
}
$print{$what}->(@all);
