package dev.ringpark.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The slices of one server under one workload, round by round; a round can have failed. */
public final class Rounds {
    private final List<Optional<Slice>> slices = new ArrayList<>();
    private String failure = "";

    void add(Slice slice) {
        slices.add(Optional.of(slice));
    }

    void addFailure(String reason) {
        slices.add(Optional.empty());
        failure = reason;
    }

    /** The reason why the last failed round failed, empty if none did. */
    public String failure() {
        return failure;
    }

    public boolean isEmpty() {
        return slices.stream().allMatch(Optional::isEmpty);
    }

    public Spread spread(ToDoubleFunction<Slice> figure) {
        return Spread.of(slices.stream().flatMap(Optional::stream).mapToDouble(figure));
    }

    /** This divided by the other, each round by itself: what drifts between rounds falls out. */
    public Spread ratioTo(Rounds other, ToDoubleFunction<Slice> figure) {
        return Spread.of(IntStream.range(0, Math.min(slices.size(), other.slices.size()))
                .filter(round -> slices.get(round).isPresent() && other.slices.get(round).isPresent())
                .filter(round -> figure.applyAsDouble(other.slices.get(round).get()) > 0)
                .mapToDouble(round -> figure.applyAsDouble(slices.get(round).get())
                        / figure.applyAsDouble(other.slices.get(round).get())));
    }
}
