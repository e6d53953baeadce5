#!/bin/bash
# Proves the README's two commands on a bare Debian 12 with only Rust added:
#
#   sudo packaging/fresh-debian-test.sh [COMMIT]
#
# Makes a Debian root with debootstrap, clones COMMIT (HEAD) into it, and runs there `sh packaging/run`
# until the window "Podwright" is open, `sh packaging/test` until the tests have passed, and the
# program without a display. Needs root, Rust for this user, and the packages debootstrap xvfb
# xdotool here. FRESH_DIR says where the root is made (a new folder in /tmp), MIRROR where Debian
# comes from (the place that this machine's own sources name).
#
# The root is removed at the end; FRESH_KEEP=1 leaves it and the logs in it.
set -euo pipefail

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

source_dir=$(cd "$(dirname "$0")/.." && pwd)
commit=$(git -C "$source_dir" rev-parse --verify "${1:-HEAD}^{commit}")
[ "$(id -u)" -eq 0 ] || fail "run this as root: it makes a root file system and mounts into it"
for tool in debootstrap Xvfb xdotool unshare git; do
  command -v "$tool" >/dev/null || fail "$tool is missing here"
done

# A mount name space of its own: whatever is mounted from here on is gone when the script ends.
if [ "${FRESH_UNSHARED:-}" != 1 ]; then
  export FRESH_UNSHARED=1
  exec unshare --mount --propagation private bash "$0" "$commit"
fi

root=${FRESH_DIR:-$(mktemp -d /tmp/podwright-fresh.XXXXXX)}
inside=$root/debian
logs=$root/logs
xvfb=
program=
stop() {
  if [ -n "$program" ]; then kill -- "-$program" 2>/dev/null || true; wait "$program" 2>/dev/null || true; fi
  if [ -n "$xvfb" ]; then kill "$xvfb" 2>/dev/null || true; wait "$xvfb" 2>/dev/null || true; fi
}
clean_up() {
  status=$?
  set +e
  stop
  # Nothing of this machine may be mounted below the root any more when it is removed.
  awk -v below="$inside/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r |
    while read -r place; do umount -l "$place"; done
  if [ "${FRESH_KEEP:-}" = 1 ]; then
    echo "Kept: $root"
  elif ! grep -q " $inside/" /proc/mounts; then
    rm -rf --one-file-system "$root"
  fi
  exit $status
}
trap clean_up EXIT
trap 'exit 130' INT TERM
mkdir -p "$inside" "$logs"

say "A bare Debian 12"
sources=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true)
mirror=${MIRROR:-$(sed -n -E 's/^(URIs:|deb( \[[^]]*\])?) +(https?:\/\/[^ ]*\/debian)\/?( .*)?$/\3/p;' <<<"$sources" | head -n 1)}
mirror=${mirror:-http://deb.debian.org/debian}
echo "from $mirror"
debootstrap --variant=minbase bookworm "$inside" "$mirror" >"$logs/debootstrap" 2>&1 ||
  { tail -n 20 "$logs/debootstrap"; fail "debootstrap"; }

# The way to the registries: name service, proxies, certificates. Nothing that the commands must install.
cp -L /etc/resolv.conf /etc/hosts "$inside/etc/" 2>/dev/null || true
{ grep -l -i proxy /etc/apt/apt.conf.d/* 2>/dev/null || true; } | xargs -r -I{} cp {} "$inside/etc/apt/apt.conf.d/"
mkdir -p "$inside/etc/ssl/certs"
cp -L /etc/ssl/certs/ca-certificates.crt "$inside/etc/ssl/certs/"

# Only Rust added.
cargo_home=${CARGO_HOME:-$HOME/.cargo}
mkdir -p "$inside/root/.cargo" "$inside/root/.rustup"
cp -a "$cargo_home/bin" "$inside/root/.cargo/"
for config in config config.toml; do
  if [ -f "$cargo_home/$config" ]; then cp "$cargo_home/$config" "$inside/root/.cargo/"; fi
done
mount --bind "${RUSTUP_HOME:-$HOME/.rustup}" "$inside/root/.rustup"
mount -o remount,bind,ro "$inside/root/.rustup"

mount -t proc proc "$inside/proc"
mount --rbind /dev "$inside/dev"
mkdir -p "$inside/tmp/.X11-unix"
chmod 1777 "$inside/tmp" "$inside/tmp/.X11-unix"

# A clone as a newcomer has it.
git clone -q --no-hardlinks "$source_dir" "$inside/root/podwright"
git -C "$inside/root/podwright" checkout -q --detach "$commit"

# in_root [NAME=VALUE…] COMMAND… : runs it there with a login's environment and this machine's proxies.
in_root() {
  local pass=()
  while IFS= read -r name; do pass+=("$name=${!name}"); done < <(compgen -e | grep -i -E '_proxy$|^SSL_CERT_FILE$' || true)
  chroot "$inside" /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM=dumb \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${pass[@]}" "$@"
}
here='cd /root/podwright'

say "Without a display: one line and code 2"
set +e
in_root sh -c "$here && sh packaging/run" >"$logs/no-display" 2>&1 </dev/null
status=$?
set -e
cat "$logs/no-display"
[ $status -eq 2 ] || fail "packaging/run without a display ended with code $status"
[ "$(wc -l <"$logs/no-display")" -eq 1 ] || fail "packaging/run without a display did not print one line"

say "The first command: sh packaging/run"
display_file=$root/display
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp -noreset 3>"$display_file" 2>"$logs/xvfb" &
xvfb=$!
for _ in $(seq 100); do [ -s "$display_file" ] && break; sleep 0.1; done
number=$(cat "$display_file")
[ -n "$number" ] || fail "Xvfb did not start"
export DISPLAY=:$number
touch "$inside/tmp/.X11-unix/X$number"
mount --bind "/tmp/.X11-unix/X$number" "$inside/tmp/.X11-unix/X$number"
started=$SECONDS
set -m
in_root DISPLAY="$DISPLAY" sh -c "$here && sh packaging/run" >"$logs/run" 2>&1 </dev/null &
program=$!
set +m
window=
while [ -z "$window" ]; do
  kill -0 "$program" 2>/dev/null || { tail -n 40 "$logs/run"; fail "packaging/run ended without a window"; }
  [ $((SECONDS - started)) -lt 3600 ] || { tail -n 40 "$logs/run"; fail "no window after an hour"; }
  sleep 1
  window=$(xdotool search --onlyvisible --name Podwright 2>/dev/null | head -n 1 || true)
done
echo "The window \"$(xdotool getwindowname "$window")\" ($(xdotool getwindowgeometry "$window" | sed -n 's/.*Geometry: //p'))" \
  "is open after $((SECONDS - started)) s, packages and build included."
sleep 3
kill -0 "$program" 2>/dev/null || { tail -n 40 "$logs/run"; fail "the program ended by itself"; }
kill -- "-$program" 2>/dev/null || true
wait "$program" 2>/dev/null || true
program=

say "The program itself without a display: one line and code 2"
set +e
in_root sh -c "$here && target/release/podwright" >"$logs/no-display-program" 2>&1 </dev/null
status=$?
set -e
cat "$logs/no-display-program"
[ $status -eq 2 ] || fail "podwright without a display ended with code $status"
[ "$(wc -l <"$logs/no-display-program")" -eq 1 ] || fail "podwright without a display did not print one line"

say "The second command: sh packaging/test"
started=$SECONDS
in_root sh -c "$here && sh packaging/test" >"$logs/test" 2>&1 </dev/null ||
  { tail -n 60 "$logs/test"; fail "packaging/test"; }
grep '^test result:' "$logs/test"
echo "passed after $((SECONDS - started)) s, packages and build included."

say "Both commands hold on a bare Debian 12 with Rust."
