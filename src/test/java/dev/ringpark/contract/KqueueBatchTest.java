package dev.ringpark.contract;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What kqueue is told of descriptors it is told by the calls that ask for events: the stand-in counts both. */
class KqueueBatchTest {
    private static final int PAIRS = 100;
    private static final int ROUNDS = 20;

    @ParameterizedTest
    @EnumSource(names = {"KQUEUE_CARRIED", "KQUEUE_HANDED_OVER"})
    void whatIsToldHasNoCallOfItsOwn(Flavor flavor) throws Exception {
        Kevents kevents = Kevents.of(flavor);
        Counts before = kevents.now();
        CarrierLoop loop;
        Counts burst;
        LoopOptions unhurried = flavor.options().withTurn(PAIRS * 10, LoopRig.FAR);   // a busy machine ends no turn
        try (LoopRig rig = new LoopRig(flavor, unhurried)) {
            loop = rig.loop;
            List<LoopRig.Pair> pairs = pairs(rig);
            Counts beforeBurst = kevents.now();
            List<LoopRig.Running<Void>> threads = loop.run(() -> startEchoes(rig, pairs));
            burst = kevents.awaitTold(beforeBurst, PAIRS);
            pairs.forEach(pair -> threads.add(rig.start(() -> ask(pair.near()))));
            for (LoopRig.Running<Void> thread : threads) {
                thread.await();
            }
        }
        Counts all = kevents.now().minus(before);

        assertThat(all.toldApart()).as("changes that had a call of their own").isZero();
        assertThat(all.asked()).as("calls that ask for events").isEqualTo(loop.stats().enters());
        assertThat(all.toldWithIt()).as("changes that came with them").isGreaterThanOrEqualTo(PAIRS);
        if (flavor.isCarried()) {   // else the reads come from several carriers, as they please
            assertThat(burst.asked()).as("calls for " + PAIRS + " reads at once").isLessThan(PAIRS / 2);
        }
    }

    private static List<LoopRig.Pair> pairs(LoopRig rig) throws IOException {
        List<LoopRig.Pair> pairs = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            pairs.add(rig.pair());
        }
        return pairs;
    }

    /** On the loop, which comes to none of them before all are there. */
    private static List<LoopRig.Running<Void>> startEchoes(LoopRig rig, List<LoopRig.Pair> pairs) {
        List<LoopRig.Running<Void>> echoes = new ArrayList<>();
        pairs.forEach(pair -> echoes.add(rig.start(() -> echo(pair.far()))));
        return echoes;
    }

    private static Void echo(TcpSocket socket) throws IOException {
        byte[] bytes = new byte[1];
        for (int i = 0; i < ROUNDS; i++) {
            socket.read(bytes, 0, 1);
            socket.write(bytes, 0, 1);
        }
        return null;
    }

    private static Void ask(TcpSocket socket) throws IOException {
        byte[] bytes = new byte[1];
        for (int i = 0; i < ROUNDS; i++) {
            socket.write(bytes, 0, 1);
            socket.read(bytes, 0, 1);
        }
        return null;
    }

    /**
     * What was asked of kevent.
     *
     * @param asked calls that ask for events
     * @param toldWithIt what they have told of descriptors
     * @param toldApart what other calls have told of them
     */
    private record Counts(long asked, long toldWithIt, long toldApart) {
        Counts minus(Counts earlier) {
            return new Counts(asked - earlier.asked, toldWithIt - earlier.toldWithIt, toldApart - earlier.toldApart);
        }

        long told() {
            return toldWithIt + toldApart;
        }
    }

    /** The stand-in's count. */
    private record Kevents(MethodHandle counts) {
        /** Skips the test over a kqueue that does not count. */
        static Kevents of(Flavor flavor) {
            flavor.options();   // tells the property
            SymbolLookup library = SymbolLookup.libraryLookup(
                    Path.of(System.getProperty("ringpark.kqueue.library")), Arena.global());
            Optional<MemorySegment> symbol = library.find("kevent_counts");
            assumeTrue(symbol.isPresent(), "this kqueue does not count");
            return new Kevents(Linker.nativeLinker().downcallHandle(
                    symbol.orElseThrow(), FunctionDescriptor.ofVoid(ADDRESS)));
        }

        Counts now() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment counts = arena.allocate(JAVA_LONG, 3);
                this.counts.invokeExact(counts);
                return new Counts(counts.getAtIndex(JAVA_LONG, 0), counts.getAtIndex(JAVA_LONG, 1),
                        counts.getAtIndex(JAVA_LONG, 2));
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        /** What has come since {@code before}, once as many changes have as {@code told}. */
        Counts awaitTold(Counts before, int told) {
            LoopRig.until(() -> now().minus(before).told() >= told, () -> now().minus(before).toString());
            return now().minus(before);
        }
    }
}
