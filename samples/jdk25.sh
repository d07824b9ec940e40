# Sourced by the scripts: find_jdk25 prints the home of a JDK 25, or says on stderr that there is none and fails.
# Asked in this order: JAVA25_HOME, JAVA_HOME, the java on PATH, the folders where systems and tools install JDKs.

is_jdk25() {
  [ -x "$1/bin/java" ] && grep -qs '^JAVA_VERSION="25["._+-]' "$1/release"
}

find_jdk25() {
  local home on_path
  on_path=$(command -v java || true)
  [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for home in "${JAVA25_HOME:-}" "${JAVA_HOME:-}" "$on_path" \
      /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/*jdk* \
      "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
      /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$home" ] && is_jdk25 "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  echo "no JDK 25 found: install one, or set JAVA25_HOME to it" >&2
  return 1
}
