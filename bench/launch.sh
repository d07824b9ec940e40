# Sourced by the bench scripts, in the project's folder: sets java and class_path, building first what is missing.

. samples/jdk25.sh
java_home=$(find_jdk25)
java="$java_home/bin/java"

if [ ! -d target/classes ] || [ ! -d target/test-classes ] || [ ! -f target/test-classpath.txt ]; then
  mvn -q -B -ntp test-compile >&2
fi
class_path="target/classes:target/test-classes:$(cat target/test-classpath.txt)"

# What every process of the bench gets: native calls, the carried mode, room for many connections.
access_flags=(--enable-native-access=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED)
# What JMH and Netty do with memory a JDK from 24 on warns of, and Netty gives it up unless it is asked to keep it.
unsafe_flags=(--sun-misc-unsafe-memory-access=allow -Dio.netty.noUnsafe=false)
ulimit -n "$(ulimit -Hn)"
