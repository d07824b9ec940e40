package dev.ringpark.internal.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.BackendUnavailableException;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.selector.SelectorBackend;
import dev.ringpark.internal.op.InFlight;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.channels.ClosedSelectorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is asked, in which order, and what is told of those who refuse. */
class BackendsTest {
    private static final BackendOptions OPTIONS = new BackendOptions(8, 16, 512, 1, 1);

    private final List<String> asked = new ArrayList<>();

    @Test
    void whereNoneCanBeHadTheMessageNamesEachInOrderWithItsReason() {
        Backends backends = backends(null, refusing("best", "forbidden (allow it)"), refusing("next", "too old"),
                refusing("last", "not here"));

        assertThatThrownBy(() -> open(backends)).isExactlyInstanceOf(IOException.class)
                .hasMessage("no usable backend: best: forbidden (allow it); next: too old; last: not here");
        assertThat(asked).containsExactly("best", "next", "last");
        assertThat(backends.refused().keySet()).containsExactly("best", "next", "last");
        assertThat(backends.chosen()).isEmpty();
    }

    @Test
    void theFirstThatDoesNotRefuseIsTakenAndNobodyIsAskedAfterIt() throws IOException {
        Backends backends = backends(null, refusing("best", "forbidden"), working("next"), working("last"));
        open(backends).close();

        assertThat(asked).containsExactly("best", "next");
        assertThat(backends.chosen()).isEqualTo("next");
        assertThat(backends.refused()).hasSize(1).containsEntry("best", "forbidden");
    }

    @Test
    void theForcedOneAloneIsAskedAndItsReasonIsTheFailure() {
        Backends backends = backends("next", working("best"), refusing("next", "too old"), working("last"));

        assertThatThrownBy(() -> open(backends)).isExactlyInstanceOf(IOException.class)
                .hasMessage("the forced backend cannot be had: next: too old");
        assertThat(asked).containsExactly("next");
    }

    @Test
    void whatHasRunOutIsThrownAndNoReasonForAnother() {
        IOException runOut = new IOException("Too many open files");
        Backends backends = backends(null, new Candidate("best", asked, runOut), working("next"));

        assertThatThrownBy(() -> open(backends)).isSameAs(runOut);
        assertThat(asked).containsExactly("best");
        assertThat(backends.refused()).isEmpty();
    }

    @Test
    void whatIsKnownToBeRefusedIsNotTriedAndItsReasonIsKept() throws IOException {
        Backends backends = new Backends(List.of(working("best"), refusing("next", "no"), working("last")), null,
                Map.of("best", "not for all"), OPTIONS);

        open(backends);

        assertThat(backends.chosen()).isEqualTo("last");
        assertThat(asked).containsExactly("next", "last");
        assertThat(backends.refused()).containsExactly(Map.entry("best", "not for all"), Map.entry("next", "no"));
    }

    @Test
    void oneThatDoesNotExistIsRefusedWithTheNamesThereAre() {
        Backends backends = backends("nex", working("best"), working("next"));

        assertThatThrownBy(() -> open(backends)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no backend \"nex\"; it has to be one of [best, next]");
        assertThat(asked).isEmpty();
    }

    // ---- given back ----

    @Test
    void theOneThatWasOpenedIsClosedForWhoeverCannotUseItAndTheReasonStays() throws IOException {
        Backends backends = backends(null, refusing("best", "forbidden"), working("next"));
        Backend opened = open(backends);
        Throwable cause = new NoClassDefFoundError("on purpose");
        backends.giveBack(cause);

        assertThatThrownBy(() -> opened.poll(0)).isInstanceOf(ClosedSelectorException.class);
        assertThat(cause).hasNoSuppressedExceptions();
    }

    @Test
    void whatKeepsItFromBeingClosedIsToldBesideTheReason() throws IOException {
        Throwable failure = new IllegalStateException("on purpose");
        Throwable cause = new NoClassDefFoundError("on purpose");
        givenBackBadly(failure).giveBack(cause);

        assertThat(cause).hasSuppressedException(failure);
    }

    @Test
    void oneErrorThatIsBothIsToldOnce() throws IOException {
        Error both = new OutOfMemoryError("on purpose");
        givenBackBadly(both).giveBack(both);

        assertThat(both).hasNoSuppressedExceptions();
    }

    @Test
    void whereNoneWasOpenedNoneIsClosed() {
        Throwable cause = new IOException("on purpose");
        backends(null, working("best")).giveBack(cause);

        assertThat(cause).hasNoSuppressedExceptions();
    }

    private static Backends givenBackBadly(Throwable failure) throws IOException {
        Backend bad = (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class},
                (_, _, _) -> {
                    throw failure;
                });
        Backends backends = backends(null, new Factory("bad", bad));
        assertThat(open(backends)).isSameAs(bad);
        return backends;
    }

    // ---- candidates ----

    private static Backends backends(@Nullable String forced, Backend.Factory... candidates) {
        return new Backends(List.of(candidates), forced, Map.of(), OPTIONS);
    }

    private static Backend open(Backends backends) throws IOException {
        return backends.open(new InFlight(8), operation -> { }, new Counters());
    }

    private Candidate refusing(String name, String reason) {
        return new Candidate(name, asked, new BackendUnavailableException(reason));
    }

    private Candidate working(String name) {
        return new Candidate(name, asked, null);
    }

    /** Notes that it is asked, and answers with {@code failure} or a backend. */
    private record Candidate(String name, List<String> asked, @Nullable IOException failure)
            implements Backend.Factory {
        @Override
        public Backend open(BackendOptions options, InFlight inFlight, Backend.Completions completions,
                Counters counters) throws IOException {
            asked.add(name);
            if (failure != null) {
                throw failure;
            }
            return new SelectorBackend.Factory().open(options, inFlight, completions, counters);
        }
    }

    /** Answers with {@code opened}. */
    private record Factory(String name, Backend opened) implements Backend.Factory {
        @Override
        public Backend open(BackendOptions options, InFlight inFlight, Backend.Completions completions,
                Counters counters) {
            return opened;
        }
    }
}
