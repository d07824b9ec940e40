package dev.ringpark.bench.report;

import dev.ringpark.bench.measure.Cell;
import dev.ringpark.bench.measure.Comparison;
import dev.ringpark.bench.measure.Rounds;
import dev.ringpark.bench.measure.Slice;
import dev.ringpark.bench.measure.Spread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * CPU per echo as horizontal bars, a block for each workload, as a share of one server's; a thin line spans the
 * quartiles. Plain SVG whose colours follow the reader's light or dark scheme.
 */
public final class Chart {
    private static final int WIDTH = 760;
    private static final int LABEL_WIDTH = 170;
    private static final int VALUE_WIDTH = 60;
    private static final int BAR_HEIGHT = 16;
    private static final int ROW_HEIGHT = 22;
    private static final int BLOCK_HEAD = 40;
    private static final int MARGIN = 12;
    private static final double LARGEST_SHARE = 2;

    private static final String STYLE = """
            <style>
              text { font: 13px system-ui, sans-serif; fill: #24292f; }
              .head { font-weight: 600; }
              .peer { fill: #9aa4af; } .ours { fill: #0a7f8f; } .spread { stroke: #24292f; stroke-width: 1.5; }
              .one { stroke: #8c959f; stroke-dasharray: 3 3; }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3; } .peer { fill: #5b6570; } .ours { fill: #39c5d8; }
                .spread { stroke: #e6edf3; } .one { stroke: #7d8590; }
              }
            </style>
            """;

    private record Bar(String name, Spread share) {}

    private final Comparison comparison;
    private final String ours;
    private final String reference;
    private final StringBuilder body = new StringBuilder();
    private int y = MARGIN;

    public Chart(Comparison comparison, String ours, String reference) {
        this.comparison = comparison;
        this.ours = ours;
        this.reference = reference;
    }

    /** The chart; only its frame if the reference did not take part. */
    public String svg() {
        comparison.cells().forEach(this::block);
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" \
                aria-label="CPU time per echo, %s = 1, less is better">
                %s%s</svg>
                """.formatted(WIDTH, y + MARGIN, reference, STYLE, body);
    }

    private void block(Cell cell) {
        var bars = bars(cell);
        if (bars.isEmpty()) {
            return;
        }
        text(MARGIN, y + BAR_HEIGHT, "head", cell.words() + ": CPU per echo, " + reference + " = 1");
        int top = y + BLOCK_HEAD - BAR_HEIGHT;
        y += BLOCK_HEAD - BAR_HEIGHT / 2;
        bars.forEach(this::bar);
        body.append("<line class=\"one\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>%n".formatted(x(1), x(1), top, y));
        y += MARGIN;
    }

    /** Least CPU first. */
    private List<Bar> bars(Cell cell) {
        var bars = new ArrayList<Bar>();
        comparison.of(cell, reference).ifPresent(to -> comparison.of(cell).forEach((name, rounds) -> {
            if (!rounds.isEmpty()) {
                bars.add(new Bar(name, share(rounds, to)));
            }
        }));
        bars.sort(Comparator.comparingDouble(bar -> bar.share().median()));
        return bars;
    }

    private static Spread share(Rounds rounds, Rounds to) {
        return rounds.ratioTo(to, Slice::cpuMicros);
    }

    private void bar(Bar bar) {
        int middle = y + BAR_HEIGHT / 2;
        text(MARGIN, y + BAR_HEIGHT - 3, bar.name().equals(ours) ? "head" : "name", bar.name());
        body.append("<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>%n".formatted(
                bar.name().startsWith(ours) ? "ours" : "peer",
                LABEL_WIDTH, y, x(bar.share().median()) - LABEL_WIDTH, BAR_HEIGHT));
        body.append("<line class=\"spread\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>%n".formatted(
                x(bar.share().lower()), x(bar.share().upper()), middle, middle));
        text(WIDTH - VALUE_WIDTH + MARGIN, y + BAR_HEIGHT - 3, "value", Numbers.rounded(bar.share().median(), 2));
        y += ROW_HEIGHT;
    }

    private static int x(double share) {
        double width = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
        return LABEL_WIDTH + (int) Math.round(width * Math.min(share, LARGEST_SHARE) / LARGEST_SHARE);
    }

    private void text(int x, int baseline, String style, String words) {
        body.append("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n".formatted(style, x, baseline, words));
    }
}
