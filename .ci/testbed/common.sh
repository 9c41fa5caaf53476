# shellcheck shell=bash
# Shared by the programs of the test bed; sourced, never run.
#
# A daemon of the test bed is known by its pid file, which holds its process id and the kernel's start time of that
# process: a recycled process id is never taken for the daemon, and nothing is ever ended by its name.

if [ "$(id -u)" = 0 ]; then
  testbed_state=${COFFERDAM_TESTBED_STATE:-/var/lib/cofferdam-testbed}
  testbed_run=${COFFERDAM_TESTBED_RUN:-/run/cofferdam-testbed}
else
  testbed_state=${COFFERDAM_TESTBED_STATE:-${XDG_STATE_HOME:-${HOME:-/nonexistent}/.local/state}/cofferdam-testbed}
  testbed_run=${COFFERDAM_TESTBED_RUN:-$testbed_state/run}
fi

say() { printf '%s: %s\n' "${program:-testbed}" "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

make_directories() {
  mkdir -p "$@" 2>/dev/null || fail "could not create $*: no permission for user '$(id -un)'; run as root or set COFFERDAM_TESTBED_STATE and COFFERDAM_TESTBED_RUN to directories of your own"
}

# Holds a lock on file descriptor 9 until this program ends. Daemons must be started with 9>&-.
take_lock() {
  make_directories "$testbed_run"
  exec 9>"$testbed_run/$1.lock" || fail "could not open the lock file $testbed_run/$1.lock"
  flock -w 120 9 || fail "another '$1' call has held $testbed_run/$1.lock for two minutes; wait for it or end it"
}

# install_packages REASON PACKAGE...: does nothing when all of them are installed.
install_packages() {
  local reason=$1 package missing=() log
  shift
  if have dpkg-query; then
    for package in "$@"; do
      [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
  else
    missing=("$@")
  fi
  have apt-get || fail "could not install ${missing[*]} ($reason): this is not a Debian system (no apt-get); install them by hand"
  [ "$(id -u)" = 0 ] || fail "could not install ${missing[*]} ($reason): user '$(id -un)' is not root; run as root once or install them by hand"
  make_directories "$testbed_state/log"
  log=$testbed_state/log/packages.log
  say "installing ${missing[*]} ($reason)"
  keep_services_stopped
  if ! apt_install "${missing[@]}" >"$log" 2>&1; then
    # Package lists that are missing or old are the usual reason; fetched only now because it takes seconds.
    if ! { apt_get update && apt_install "${missing[@]}"; } >>"$log" 2>&1; then
      allow_services
      tail -n 15 "$log" >&2
      fail "could not install ${missing[*]} ($reason): apt-get failed as shown above; the whole log is $log"
    fi
  fi
  allow_services
}

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" </dev/null; }

apt_install() { apt_get install -y --no-install-recommends "$@"; }

# The packages would start services of their own (an engine on docker0, a registry on port 5000); the test bed starts
# its own instead. Debian asks this file whether it may start a service.
keep_services_stopped() {
  [ -d /run/systemd/system ] && [ ! -e /usr/sbin/policy-rc.d ] || return 0
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  trap allow_services EXIT
  services_held=1
}

allow_services() {
  [ -n "${services_held:-}" ] || return 0
  rm -f /usr/sbin/policy-rc.d
  services_held=
}

# The kernel's start time of a process, in clock ticks since boot; fails when there is no such process.
start_time() {
  local line
  { line=$(<"/proc/$1/stat"); } 2>/dev/null && [ -n "$line" ] || return 1
  line=${line##*) } # the command's name may contain spaces and parentheses
  # shellcheck disable=SC2086
  set -- $line
  [ "$1" != Z ] && printf '%s\n' "${20}"
}

record_daemon() { printf '%s %s\n' "$2" "$(start_time "$2")" >"$1"; }

# daemon_pid PIDFILE: prints the id of the recorded process, or fails when it no longer runs.
daemon_pid() {
  local pid began
  { read -r pid began <"$1"; } 2>/dev/null || return 1
  [ -n "$pid" ] && [ -n "$began" ] && [ "$(start_time "$pid")" = "$began" ] && printf '%s\n' "$pid"
}

# wait_for SECONDS COMMAND...: succeeds as soon as the command does.
wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}

daemon_gone() { ! daemon_pid "$1" >/dev/null; }

# end_daemon PIDFILE GRACE_SECONDS: asks the recorded process to end, then forces it.
end_daemon() {
  local pid
  if pid=$(daemon_pid "$1"); then
    kill -TERM "$pid" 2>/dev/null
    if ! wait_for "$2" daemon_gone "$1"; then
      say "process $pid did not end within $2 s after SIGTERM; killing it"
      kill -KILL "$pid" 2>/dev/null
      wait_for 5 daemon_gone "$1" || fail "could not end process $pid of $1"
    fi
  fi
  rm -f "$1"
}
