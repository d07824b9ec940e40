package dev.ringpark.bench;

import dev.ringpark.bench.measure.Contenders;
import dev.ringpark.bench.measure.Findings;
import dev.ringpark.bench.measure.Machine;
import dev.ringpark.bench.report.Chart;
import dev.ringpark.bench.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

/** The report and the chart of a run: named by the date, and by a number too if the day has several. */
record ResultFiles(Path folder, String name) {
    static ResultFiles today(Path folder) throws IOException {
        Files.createDirectories(folder);
        var date = LocalDate.now(ZoneId.systemDefault()).toString();
        var files = new ResultFiles(folder, date);
        for (int number = 2; Files.exists(files.report()); number++) {
            files = new ResultFiles(folder, date + "-" + number);
        }
        return files;
    }

    Path report() {
        return folder.resolve(name + ".md");
    }

    private Path chart() {
        return folder.resolve(name + ".svg");
    }

    void write(Findings findings, Machine machine, List<String> settings) throws IOException {
        var chart = new Chart(findings.comparison(), Contenders.RINGPARK, Contenders.JDK_SOCKET);
        Files.writeString(chart(), chart.svg());
        var report = new Report(findings, Contenders.RINGPARK);
        Files.writeString(
                report(), report.markdown("Measured " + name, machine, settings, chart().getFileName().toString()));
    }
}
