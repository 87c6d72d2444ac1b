# credentials: issue, enforce and revoke door credentials inside PostgreSQL
#
#   make && make install          with pg_config on PATH, or PG_CONFIG=...
#   make installcheck             pg_regress, isolation and TAP, on a running server
#   make unit, make fuzz          src/domain alone, no server needed
#
# To build in another folder, run make there with -f PATH/Makefile.
#
# script/test runs all of it on throwaway servers.

EXTENSION  = credentials
MODULE_big = credentials
PGFILEDESC = "credentials - door credentials inside PostgreSQL"

# Sources are named from ROOT, where this file is; make finds them by VPATH.
ROOT  := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
files  = $(patsubst $(ROOT)/%,%,$(sort $(wildcard $(addprefix $(ROOT)/,$(1)))))

ifneq ($(realpath $(ROOT)),$(realpath .))
ifneq ($(call files,src/*.o src/*/*.o src/*/*/*.o),)
# make would find them and not build them here.
$(error $(ROOT) is built already; run make clean there before building elsewhere)
endif
endif

# The version stands in the control file and nowhere else.
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(ROOT)/credentials.control)

SOURCES   := $(call files,src/*.c src/domain/*.c src/store/*.c src/api/*.c src/api/*/*.c)
C_HEADERS := $(call files,src/*.h src/*/*.h src/*/*/*.h test/*/*.h)
OBJS       = $(SOURCES:.c=.o)
STATEMENTS_SQL := $(call files,src/store/statements/*.sql)
STATEMENTS      = build/store/statement_ids.h build/store/statement_table.h

# Naming the server's headers a second time, as system headers, keeps their own
# warnings out of a build that asks for -Wextra.
PG_CPPFLAGS = -I$(ROOT)/src -Ibuild -isystem $(includedir_server) -DCREDENTIALS_VERSION=\"$(EXTVERSION)\"

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
DATA       := $(call files,sql/$(EXTENSION)--*--*.sql)
DATA_built  = $(INSTALL_SQL)
EXTRA_CLEAN = META.json build

# Wildcards, so that no test can be forgotten; setup runs before the others.
# := because PGXS asks ifdef, which takes an unexpanded variable for a set one.
TESTS         := $(patsubst test/sql/%.sql,%,$(call files,test/sql/*.sql))
REGRESS       := $(filter setup,$(TESTS)) $(filter-out setup,$(TESTS))
REGRESS_OPTS   = --inputdir=$(ROOT)/test $(TEST_DATABASE)
ISOLATION     := $(patsubst test/specs/%.spec,%,$(call files,test/specs/*.spec))
ISOLATION_OPTS = --inputdir=$(ROOT)/test $(TEST_DATABASE) --load-extension=$(EXTENSION)
TAP_TESTS     := $(if $(call files,test/t/*.pl),1)
PROVE_TESTS    = test/t/*.pl
# Whatever the locale of the server and of who calls.
TEST_DATABASE  = --encoding=UTF8 --no-locale

PG_CONFIG ?= pg_config
PGXS      := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

.DELETE_ON_ERROR:

all: META.json

# Coarse, but never stale: any header, any change of version or flags.
$(OBJS) $(OBJS:.o=.bc): $(C_HEADERS) $(STATEMENTS) credentials.control Makefile

# SQL as C: the enum of the statements, and the table of their texts.
# The directory is there for a file that is taken away.
$(STATEMENTS): build/store/statement_%.h: src/store/statements/build.pl $(STATEMENTS_SQL) $(srcdir)/src/store/statements/.
	@$(MKDIR_P) $(@D)
	$(PERL) $< $* $(filter %.sql,$^) >$@

$(INSTALL_SQL): $(call files,sql/[0-9]*.sql) credentials.control Makefile
	{ printf '%s\n' '\echo Use "CREATE EXTENSION $(EXTENSION)" to load this file. \quit'; \
	  cat $(filter %.sql,$^); } >$@

# In full, or make would take those of the source tree for them.
FOLDERS = $(addprefix $(CURDIR)/,$(sort $(dir $(OBJS) $(INSTALL_SQL))))
$(OBJS) $(OBJS:.o=.bc) $(INSTALL_SQL): | $(FOLDERS)
$(FOLDERS):
	$(MKDIR_P) $@

# PGXN wants three numbers.
META.json: META.json.in credentials.control
	sed 's/@VERSION@/$(EXTVERSION).0/' $< >$@


# The domain floor knows no server, so its tests are plain programs.

DOMAIN       = $(wildcard $(ROOT)/src/domain/*.c)
UNIT         = $(patsubst test/%.c,build/%,$(call files,test/unit/*.c))
FUZZ         = $(patsubst test/%.c,build/%,$(call files,test/fuzz/*.c))
FUZZ_CC      = clang
DOMAIN_FLAGS = -std=gnu99 -g -O1 -I$(ROOT)/src $(WARNINGS) \
               -Wno-format-truncation -Wno-unknown-warning-option \
               -fno-omit-frame-pointer -fno-sanitize-recover=all
SANITIZERS   = address,undefined

$(UNIT): build/unit/%: test/unit/%.c $(DOMAIN) $(C_HEADERS) Makefile
	@$(MKDIR_P) $(@D)
	$(CC) $(DOMAIN_FLAGS) -fsanitize=$(SANITIZERS) -o $@ $< $(DOMAIN)

$(FUZZ): build/fuzz/%: test/fuzz/%.c $(DOMAIN) $(C_HEADERS) Makefile
	@$(MKDIR_P) $(@D)
	$(FUZZ_CC) $(DOMAIN_FLAGS) -fsanitize=fuzzer,$(SANITIZERS) -o $@ $< $(DOMAIN)

unit: $(UNIT)
	$(PROVE) $(PROVE_FLAGS) --exec '' $(UNIT)

fuzz: $(FUZZ)
	$(PROVE) $(PROVE_FLAGS) --exec $(ROOT)/test/run/fuzz $(FUZZ)

.PHONY: unit fuzz
