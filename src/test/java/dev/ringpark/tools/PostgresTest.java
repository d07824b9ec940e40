package dev.ringpark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.Stress;
import dev.ringpark.process.Finished;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real PostgreSQL behind the sample PortForwarder. */
class PostgresTest {
    private static final Pattern PROCESSED = Pattern.compile("number of transactions actually processed: (\\d+)");
    private static final String CLIENTS = "select count(*) from pg_stat_activity where backend_type = 'client backend'";

    @TempDir
    private Path folder;

    @Stress
    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "selector"})
    void pgbenchRunsCleanThroughTheForwarderAndADumpIsTheSameAsTheDirectOne(String backend) throws Exception {
        try (Postgres postgres = Postgres.start(folder);
                Sample forwarder = Sample.forwarderTo(backend, postgres.port().number())) {
            int through = forwarder.port();
            int direct = postgres.port().number();
            Postgres.run("pgbench", through, "-i", "postgres");
            String report = Postgres.run("pgbench", through, "-C", "-c", "50", "-T", "20", "postgres");

            Matcher processed = PROCESSED.matcher(report);
            assertThat(processed.find()).as(report).isTrue();
            assertThat(Long.parseLong(processed.group(1))).isGreaterThan(50);
            assertThat(report).containsPattern("number of failed transactions: 0\\b");
            assertThat(Postgres.run("psql", direct, "-Atc", "select count(*) from pgbench_history", "postgres").strip())
                    .as("transactions that have left a row").isEqualTo(processed.group(1));

            String dump = dump(direct);
            assertThat(dump.length()).isGreaterThan(1_000_000);
            assertThat(dump(through).equals(dump)).as("byte for byte").isTrue();
            forwarder.assertNothingIsLeft();
            assertThat(Postgres.run("psql", direct, "-Atc", CLIENTS, "postgres").strip()).isEqualTo("1");
            System.out.printf(Locale.ROOT, "pgbench through PortForwarder, %s: a dump of %,d characters is equal; %s%n",
                    backend, dump.length(), report);
        }
    }

    /** Newer versions write a random key into each dump, unless they are told one. */
    private static String dump(int port) throws Exception {
        boolean hasKey = Finished.run(List.of("pg_dump", "--help")).out().contains("--restrict-key");
        List<String> key = hasKey ? List.of("--restrict-key=same", "postgres") : List.of("postgres");
        return Postgres.run("pg_dump", port, key.toArray(String[]::new));
    }
}
