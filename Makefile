# credentials: issue, enforce and revoke door credentials inside PostgreSQL
#
#   make && make install          with pg_config on PATH, or PG_CONFIG=...
#   make installcheck             pg_regress, isolation and TAP, on a running server
#   make unit, make fuzz          src/domain alone, no server needed
#
# script/test runs all of it on throwaway servers.

EXTENSION  = credentials
MODULE_big = credentials
PGFILEDESC = "credentials - door credentials inside PostgreSQL"

# The version stands in the control file and nowhere else.
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" credentials.control)

SOURCES = $(sort $(wildcard src/*.c src/domain/*.c src/store/*.c src/api/*.c))
C_HEADERS = $(wildcard src/*.h src/*/*.h test/*/*.h)
OBJS    = $(SOURCES:.c=.o)
STATEMENTS_SQL = $(sort $(wildcard $(srcdir)/src/store/statements/*.sql))
STATEMENTS     = build/store/statement_ids.h build/store/statement_table.h

# Naming the server's headers a second time, as system headers, keeps their own
# warnings out of a build that asks for -Wextra.
PG_CPPFLAGS = -I$(srcdir)/src -Ibuild -isystem $(includedir_server) -DCREDENTIALS_VERSION=\"$(EXTVERSION)\"

# For script/test. Not the default: a compiler that learns a new warning must
# not break the build of somebody who only wants to install. A table of rules may
# leave out what does not apply.
WARNINGS = -Wall -Wextra -Werror -Wno-missing-field-initializers
ifdef WERROR
PG_CFLAGS = $(WARNINGS)
ifneq ($(findstring clang,$(CC)),)
# The server's flags and headers were configured for gcc; and only clang counts
# an unused PG_FUNCTION_ARGS, which is the server's macro, as ours.
PG_CFLAGS += -Wno-unknown-warning-option -Wno-ignored-optimization-argument \
             -Wno-ignored-attributes -Wno-unused-parameter
endif
endif

INSTALL_SQL = sql/$(EXTENSION)--$(EXTVERSION).sql
DATA        = $(wildcard sql/$(EXTENSION)--*--*.sql)
DATA_built  = $(INSTALL_SQL)
EXTRA_CLEAN = META.json build

# Wildcards, so that no test can be forgotten; setup runs before the others.
# := because PGXS asks ifdef, which takes an unexpanded variable for a set one.
TESTS         := $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS       := $(filter setup,$(TESTS)) $(filter-out setup,$(TESTS))
REGRESS_OPTS   = --inputdir=test
ISOLATION     := $(patsubst test/specs/%.spec,%,$(sort $(wildcard test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test --load-extension=$(EXTENSION)
TAP_TESTS     := $(if $(wildcard test/t/*.pl),1)
PROVE_TESTS    = test/t/*.pl

PG_CONFIG ?= pg_config
PGXS      := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

.DELETE_ON_ERROR:

all: META.json

# Coarse, but never stale: any header, any change of version or flags.
$(OBJS) $(OBJS:.o=.bc): $(C_HEADERS) $(STATEMENTS) credentials.control Makefile

# SQL as C: the enum of the statements, and the table of their texts.
$(STATEMENTS): build/store/statement_%.h: $(srcdir)/src/store/statements/build.pl $(STATEMENTS_SQL)
	@$(MKDIR_P) $(@D)
	$(PERL) $< $* $(STATEMENTS_SQL) >$@

$(INSTALL_SQL): $(sort $(wildcard sql/[0-9]*.sql)) credentials.control Makefile
	{ printf '%s\n' '\echo Use "CREATE EXTENSION $(EXTENSION)" to load this file. \quit'; \
	  cat $(filter sql/%,$^); } >$@

# PGXN wants three numbers.
META.json: META.json.in credentials.control
	sed 's/@VERSION@/$(EXTVERSION).0/' $< >$@


# The domain floor knows no server, so its tests are plain programs.

DOMAIN       = $(wildcard src/domain/*.c)
UNIT         = $(patsubst test/%.c,build/%,$(sort $(wildcard test/unit/*.c)))
FUZZ         = $(patsubst test/%.c,build/%,$(sort $(wildcard test/fuzz/*.c)))
FUZZ_CC      = clang
DOMAIN_FLAGS = -std=gnu99 -g -O1 -Isrc $(WARNINGS) \
               -Wno-format-truncation -Wno-unknown-warning-option \
               -fno-omit-frame-pointer -fno-sanitize-recover=all
SANITIZERS   = address,undefined

$(UNIT): build/unit/%: test/unit/%.c $(DOMAIN) $(C_HEADERS) $(wildcard test/unit/*.h) Makefile
	@$(MKDIR_P) $(@D)
	$(CC) $(DOMAIN_FLAGS) -fsanitize=$(SANITIZERS) -o $@ $< $(DOMAIN)

$(FUZZ): build/fuzz/%: test/fuzz/%.c $(DOMAIN) $(C_HEADERS) $(wildcard test/fuzz/*.h) Makefile
	@$(MKDIR_P) $(@D)
	$(FUZZ_CC) $(DOMAIN_FLAGS) -fsanitize=fuzzer,$(SANITIZERS) -o $@ $< $(DOMAIN)

unit: $(UNIT)
	$(PROVE) $(PROVE_FLAGS) --exec '' $(UNIT)

fuzz: $(FUZZ)
	$(PROVE) $(PROVE_FLAGS) --exec test/run/fuzz $(FUZZ)

.PHONY: unit fuzz
