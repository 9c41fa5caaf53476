# shellcheck shell=bash
# Which JDKs this machine has; sourced, never run.

# Prints "MAJOR HOME" for each JDK (with a compiler) in the usual places, JAVA_HOME's first, each once.
list_jdks() {
  local home java version seen=' '
  java=$(type -P java) && java=$(readlink -f "$java") && java=${java%/bin/java}
  for home in "${JAVA_HOME:-}" "${java:-}" /usr/lib/jvm/* /opt/*jdk* /opt/java/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
    $(compgen -e | grep -E '^JAVA_HOME_[0-9]+' | while read -r name; do printf '%s\n' "${!name}"; done); do
    if [ -z "$home" ] || [ ! -x "$home/bin/javac" ] || [ ! -r "$home/release" ]; then continue; fi
    home=$(readlink -f "$home")
    case $seen in *" $home "*) continue ;; esac
    seen+="$home "
    version=$(sed -n 's/^JAVA_VERSION="\(1\.\)\{0,1\}\([0-9]*\).*/\2/p' "$home/release")
    [ -n "$version" ] && printf '%s %s\n' "$version" "$home"
  done
}

# jdk_home MAJOR: the first JDK of exactly this version.
jdk_home() { list_jdks | awk -v major="$1" '$1 == major { sub(/^[0-9]+ /, ""); print; found = 1; exit } END { exit !found }'; }

# newest_jdk LEAST: "MAJOR HOME" of the newest JDK that is at least this version.
newest_jdk() { list_jdks | sort -s -n -r -k1,1 | awk -v least="$1" '$1 >= least { print; found = 1; exit } END { exit !found }'; }
