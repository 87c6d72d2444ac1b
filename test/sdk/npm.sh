# shellcheck shell=bash
# To be sourced, after script/lib.sh.

# npm_ci DIR...: what package-lock.json says, unless it is there already.
npm_ci() {
	local dir
	[[ $(type -P node) && $(type -P npm) ]] || die "Node and npm are missing: apt-get install nodejs npm"
	for dir in "$@"; do
		[[ $dir/node_modules/.package-lock.json -nt $dir/package-lock.json ]] || quietly npm ci --prefix "$dir"
	done
}
