# shellcheck shell=sh disable=SC2034  # the lists are for those who source this
# What packaging/run and packaging/test share: finding cargo and installing Debian packages.
# Sourced, not run. POSIX sh.

# The package lists. Everything graphical is opened at run time, so a build needs only the first.
BUILD_PACKAGES="gcc libc6-dev"
WINDOW_PACKAGES="libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libegl1 libgl1-mesa-dri
  libwayland-egl1 libfontconfig1 libdbus-1-3"
TEST_PACKAGES="xvfb xdotool xclip imagemagick python3-xlib dbus at-spi2-core python3-pyatspi gir1.2-atspi-2.0"

# say LINE… : tells the person at the terminal.
say() {
  printf '%s\n' "$*" >&2
}

# fail LINE… : says why it cannot go on, and ends with code 2.
fail() {
  say "$@"
  exit 2
}

# need_cargo ROOT : puts cargo into PATH and makes sure that it is new enough for ROOT/Cargo.toml.
need_cargo() {
  PATH="$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin"
  export PATH
  command -v cargo >/dev/null ||
    fail "There is no cargo in PATH or in ~/.cargo/bin. Install Rust from https://rustup.rs and run this again."
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$1/Cargo.toml")
  found=$(cargo --version | cut -d' ' -f2)
  oldest=$(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1)
  [ "$oldest" = "$wanted" ] ||
    fail "Rust $wanted or newer is needed, and this is $found. Run: rustup update stable"
}

# need_packages ANSWER PACKAGE… : installs what is missing of these Debian packages. ANSWER is "yes"
# or "ask": whether to ask before sudo. Root is not asked. Without apt-get it only names them.
need_packages() {
  answer=$1
  shift
  if ! command -v apt-get >/dev/null; then
    say "There is no apt-get here, so nothing is installed. If something is missing, install what your system" \
      "calls: $*"
    return
  fi
  missing=
  for package in "$@"; do
    case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) in
      ?i*) ;;
      *) missing="$missing $package" ;;
    esac
  done
  [ -n "$missing" ] || return 0

  sudo=
  if [ "$(id -u)" -ne 0 ]; then
    sudo=sudo
    by_hand="sudo apt-get install --no-install-recommends$missing"
    command -v sudo >/dev/null || fail "Packages are missing and there is no sudo. Run as root: ${by_hand#sudo }"
    if [ "$answer" = ask ]; then
      [ -t 0 ] || fail "Packages are missing. Add --yes, or run: $by_hand"
      printf 'These packages are missing:%s\nInstall them with sudo apt-get? [Y/n] ' "$missing" >&2
      read -r reply
      case $reply in
        "" | [Yy]*) ;;
        *) fail "Then run this and come back: $by_hand" ;;
      esac
    fi
  fi
  say "Installing:$missing"
  # shellcheck disable=SC2086  # lists of words
  {
    $sudo apt-get -q update
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $missing ||
      fail "apt-get could not install the packages; its message stands above."
  } >&2
}
