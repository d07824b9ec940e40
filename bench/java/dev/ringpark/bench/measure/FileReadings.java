package dev.ringpark.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What random reads of one file took, by reader: a slice for each round.
 *
 * @param pastTheCache those with {@code O_DIRECT}
 */
public record FileReadings(Map<String, List<ReadSlice>> pastTheCache, Map<String, List<ReadSlice>> fromTheCache,
        EchoBesideReads echo) {
    public static final String RINGPARK = Contenders.RINGPARK;
    public static final String FILE_CHANNEL = "FileChannel";
    public static final String FIO = "fio";

    /** How one reader's figure stands to another's, taken within a round, so that a drifting machine matters little. */
    public static Spread ratio(List<ReadSlice> ours, List<ReadSlice> theirs, ToDoubleFunction<ReadSlice> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ours.size(); round++) {
            ratios.add(figure.applyAsDouble(ours.get(round)) / figure.applyAsDouble(theirs.get(round)));
        }
        return Spread.of(ratios);
    }

    public static Spread spread(List<ReadSlice> slices, ToDoubleFunction<ReadSlice> figure) {
        return Spread.of(slices.stream().map(figure::applyAsDouble).toList());
    }
}
