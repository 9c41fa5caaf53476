# shellcheck shell=bash
# Builds the examples when they are missing or older than their sources, and starts one of their programs.
# Sourced by the launchers beside it, which set $examples to their own folder. Runs with the bash 3.2 of macOS too.

# shellcheck disable=SC2154
root=$(dirname "$examples")
built=$examples/target/launcher

fail() {
  printf 'cofferdam: %s\n' "$1" >&2
  exit 1
}

# The major version of the JDK at $1; fails if there is none of version 17 or later.
jdk_version() {
  local version
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${version:-0}" -ge 17 ] && printf '%s\n' "$version"
}

# Sets $jdk and $jdk_release: JAVA_HOME, then the java on the path, then the usual places.
find_jdk() {
  local on_path home
  on_path=$(command -v javac 2>/dev/null) && on_path=$(resolve "$on_path")
  for home in "${JAVA_HOME:-}" "${on_path%/bin/javac}" /usr/lib/jvm/* /opt/java/* /opt/*jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/.sdkman/candidates/java/*; do
    if jdk_version "$home" >/dev/null; then
      jdk=$home
      jdk_release=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$home/release")
      return
    fi
  done
  fail 'no JDK 17 or later was found; install one, or set JAVA_HOME to it'
}

is_built() {
  [ -f "$built/stamp" ] && [ -z "$(newer_sources | head -n 1)" ]
}

newer_sources() {
  local part
  for part in "$root" "$root"/core "$root"/core/tck "$root"/core/gateway "$root"/docker-adapter "$root"/k8s-adapter "$root"/examples; do
    find "$part/pom.xml" -newer "$built/stamp" 2>/dev/null
    [ ! -d "$part/src/main" ] || find "$part/src/main" -newer "$built/stamp"
  done
}

build() {
  local log=$examples/target/launcher-build.log work=$built.$$
  printf 'building Cofferdam (first use, or its sources changed)...\n' >&2
  rm -rf "$work"
  mkdir -p "$work"
  touch "$work/stamp" # before the build: what changes meanwhile is newer
  if ! (cd "$root" && JAVA_HOME=$jdk ./mvnw -B -ntp -q -pl examples -am package -Dmaven.test.skip=true -Dspotless.check.skip \
    -Dcheckstyle.skip -Denforcer.skip -Djacoco.skip -Dmaven.source.skip -Dmaven.javadoc.skip) </dev/null >"$log" 2>&1; then
    rm -rf "$work"
    grep -E '^(\[ERROR\]|mvnw:)' "$log" | head -n 20 >&2
    fail "the build failed; the whole log is $log"
  fi
  cp "$examples"/target/lib/*.jar "$examples"/target/cofferdam-examples-*.jar "$work" || fail 'the build made no programs'
  # A program that still runs from the old folder keeps its open files.
  rm -rf "$built.old.$$"
  [ ! -e "$built" ] || mv "$built" "$built.old.$$"
  mv "$work" "$built"
  rm -rf "$built.old.$$"
}

# Builds if need be; only one of several that start at once does.
make_sure_it_is_built() {
  is_built && return
  mkdir -p "$examples/target" || fail "cannot write to $examples"
  if command -v flock >/dev/null 2>&1; then
    (flock 9 && { is_built || build; }) 9>"$examples/target/launcher.lock" || exit 1
  else
    build
  fi
}

# Prints the class path: jars only, since an archive of loaded classes takes nothing else.
class_path() {
  local jar path=''
  for jar in "$built"/*.jar; do
    path=$path${path:+:}$jar
  done
  printf '%s\n' "$path"
}

# start_program CLASS ARGUMENT...: replaces this shell. Options for java are in the array java_options.
start_program() {
  find_jdk
  make_sure_it_is_built
  # Processes that are deployed find the same java as this program.
  export JAVA_HOME=$jdk
  local main=$1 terminals='' path archive
  shift
  path=$(class_path)
  archive=$built/classes-$jdk_release.jsa
  # The classes that a run of $training loads are kept in an archive, which halves the time of a start.
  if [ -n "${training:-}" ] && [ ! -f "$archive" ] && [ ! -f "$archive.tried" ]; then
    : >"$archive.tried"
    "$jdk/bin/java" -XX:ArchiveClassesAtExit="$archive" -Xlog:disable -cp "$path" "$main" "$training" </dev/null >/dev/null 2>&1
  fi
  [ ! -f "$archive" ] || java_options+=(-XX:SharedArchiveFile="$archive")
  [ ! -t 0 ] || terminals=${terminals}0
  [ ! -t 1 ] || terminals=${terminals}1
  [ ! -t 2 ] || terminals=${terminals}2
  # Java reads arguments in the character set of the locale.
  case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in *[Uu][Tt][Ff]*) ;; *) export LC_ALL=C.UTF-8 ;; esac
  exec "$jdk/bin/java" "${java_options[@]}" -Xshare:auto -Xlog:disable -Xlog:all=error:stderr -Dcofferdam.terminals="$terminals" \
    -Dcofferdam.examples="$examples" -cp "$path" "$main" "$@"
}
