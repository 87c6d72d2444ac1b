# shellcheck shell=bash
# Functions shared by script/test, script/demo and test/run. To be sourced.

# The same in every place: no questions, no translated messages, UTF-8 databases.
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 LANG=C.UTF-8

say() { printf '== %s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# as_root COMMAND...: sudo clears the environment, so what apt and debootstrap
# need of it goes along by name.
as_root() {
	local name kept=()
	for name in DEBIAN_FRONTEND LC_ALL LANG CI \
		http_proxy https_proxy ftp_proxy no_proxy \
		HTTP_PROXY HTTPS_PROXY FTP_PROXY NO_PROXY; do
		[[ ! -v $name ]] || kept+=("$name=${!name}")
	done
	if ((EUID == 0)); then
		"$@"
	else
		sudo env "${kept[@]}" "$@"
	fi
}

# as_postgres DIR COMMAND...: servers refuse to run as root, and with one user for all
# the results are the same whoever calls. HOME and TMPDIR are in DIR, so that nobody's
# ~/.psqlrc counts and nothing is left in /tmp.
as_postgres() {
	local dir=$1
	shift
	as_root setpriv --reuid postgres --regid postgres --init-groups \
		env USER=postgres HOME="$dir/tmp" TMPDIR="$dir/tmp" "$@"
}

# apt_knows PACKAGE: can apt install it? A machine that never ran apt-get update
# knows no package at all.
apt_knows() {
	[[ -n $(apt-cache madison postgresql) ]] || apt_get update
	[[ -n $(apt-cache madison "$1") ]]
}

# quietly COMMAND...: its chatter matters only when it fails.
quietly() {
	local output
	output=$("$@" 2>&1 </dev/null) || {
		printf '%s\n' "$output" >&2
		die "failed: $*"
	}
}

apt_get() { quietly as_root apt-get -q -y -o DPkg::Lock::Timeout=600 "$@"; }

# install_packages NAME...: does not call apt at all when everything is there.
install_packages() {
	local name missing=()
	for name in "$@"; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] ||
			missing+=("$name")
	done
	((${#missing[@]})) || return 0
	say "installing ${missing[*]}"
	apt_get update
	quietly as_root dpkg --configure -a # an installation may have been interrupted
	without_main_cluster apt_get install --no-install-recommends "${missing[@]}"
}

# without_main_cluster COMMAND...: Debian's server packages create a cluster and
# start it. Nobody asked for that here.
without_main_cluster() (
	file=/etc/postgresql-common/createcluster.d/credentials.conf
	trap 'as_root rm -f "$file"' EXIT
	as_root mkdir -p "${file%/*}"
	as_root tee "$file" >/dev/null <<<'create_main_cluster = off'
	"$@"
)

# The version that the distribution calls just "postgresql".
default_version() {
	apt_knows postgresql || die "apt knows no package postgresql"
	apt-cache depends postgresql | sed -n 's/^ *Depends: postgresql-\([0-9]*\)$/\1/p'
}

# server_packages VERSION: what it takes to build and to run a server.
server_packages() {
	echo gcc make libc6-dev postgresql-common "postgresql-$1" "postgresql-server-dev-$1"
}

# lock_installation VERSION: a server has one place for extensions, so builds of
# several checkouts take turns, each until the process that called this ends.
lock_installation() {
	local lock
	exec {lock}<"/usr/lib/postgresql/$1/lib"
	flock --nonblock "$lock" || {
		say "waiting for another test run or demo on PostgreSQL $1"
		flock "$lock"
	}
}

# copy_tree DIR: the checkout as it stands, uncommitted work included, build
# products left out.
copy_tree() {
	mkdir -p "$1"
	comm -z -23 \
		<(git ls-files -z --cached --others --exclude-standard | sort -zu) \
		<(git ls-files -z --deleted | sort -zu) |
		tar --create --null --no-recursion --files-from - | tar --extract --directory "$1"
	mkdir "$1/tmp"
}
