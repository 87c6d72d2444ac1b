# shellcheck shell=bash
# Functions shared by script/test, script/demo, test/run and bench. To be sourced.

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
	without_services without_main_cluster apt_get install --no-install-recommends "${missing[@]}"
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

# without_services COMMAND...: Debian starts what it installs, unless such a script says no.
without_services() (
	file=/usr/sbin/policy-rc.d
	if [[ ! -e $file ]]; then
		trap 'as_root rm -f "$file"' EXIT
		as_root tee "$file" >/dev/null <<<$'#!/bin/sh\nexit 101'
		as_root chmod 755 "$file"
	fi
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

# A version that apt does not have here runs in a folder with the Debian release that has
# it, made once in $CREDENTIALS_CACHE (/var/cache/credentials).
declare -A release_of=([13]=bullseye [15]=bookworm [17]=trixie [18]=forky)
cache=${CREDENTIALS_CACHE:-/var/cache/credentials}

# What the machine's own apt uses, else debootstrap's default.
mirror() {
	local codename
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	# shellcheck disable=SC2016 # apt expands it
	apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' "Codename: $codename" 'Component: main' | sort -u | head -n 1
}

# make_folder RELEASE: with its log in the $work of the script; under a temporary name first, so that an interrupted
# debootstrap is never taken for a Debian.
make_folder() {
	local release=$1 new scripts=/usr/share/debootstrap/scripts script=() uri
	install_packages debootstrap
	say "making $cache/$release"
	# A release that came after this debootstrap is made like sid.
	[[ -e $scripts/$release ]] || script=("$scripts/sid")
	uri=$(mirror)
	as_root mkdir -p "$cache"
	new=$(as_root mktemp -d "$cache/new.XXXXXX")
	as_root chmod 755 "$new"
	# shellcheck disable=SC2154 # work is the script's
	as_root debootstrap --variant=minbase --include=ca-certificates "$release" "$new" \
		${uri:+"$uri"} "${script[@]}" >"$work/debootstrap.log" 2>&1 || {
		cat "$work/debootstrap.log"
		as_root rm -rf "$new"
		die "debootstrap of $release failed"
	}
	as_root mv -T "$new" "$cache/$release"
}

# How this machine reaches its mirror (proxies, passwords, certificates, names)
# goes for the folder too.
share_network() {
	apt-config dump | grep -E '^Acquire::(https?|Check-|Retries)' |
		as_root tee "$1/etc/apt/apt.conf.d/90host" >/dev/null || true
	as_root cp -a /etc/apt/auth.conf* "$1/etc/apt/" 2>/dev/null || true
	as_root cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/" 2>/dev/null || true
	as_root cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
}

# guarded ROOT COMMAND...: as root, in ROOT, where nothing outlives the script:
# the other end of the pipe is ours and closes however we end, see test/run/guard.
guarded() {
	local namespaces=(unshare --mount --ipc --pid --fork --kill-child)
	# Containers may forbid namespaces.
	as_root "${namespaces[@]}" true 2>/dev/null || namespaces=()
	exec {lifeline}> >(as_root "${namespaces[@]}" test/run/guard "$@")
	inside=$!
	wait "$inside"
}

# end_guarded: if it is still at work, as when the script is interrupted.
end_guarded() {
	[[ ! -v lifeline ]] || exec {lifeline}>&-
	[[ ! -v inside ]] || wait "$inside" 2>/dev/null || true
}

# root_for VERSION: sets root to where a server of that version can be installed, which
# is / or such a folder.
root_for() {
	root=/
	! apt_knows "postgresql-server-dev-$1" || return 0
	[[ -v release_of[$1] ]] || die "no Debian release known that has PostgreSQL $1"
	root=$cache/${release_of[$1]}
	[[ -d $root ]] || make_folder "${release_of[$1]}"
	share_network "$root"
}
