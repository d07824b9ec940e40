package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.BackendChoice;
import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.internal.platform.Backends;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who decides about backend and mode: the options, then the system properties, then the machine. */
class LoopChoiceTest {
    private static final String BACKEND = "ringpark.backend";
    private static final String MODE = "ringpark.mode";

    private String backendBefore;
    private String modeBefore;

    @BeforeEach
    void clear() {
        backendBefore = System.clearProperty(BACKEND);
        modeBefore = System.clearProperty(MODE);
    }

    @AfterEach
    void restore() {
        set(BACKEND, backendBefore);
        set(MODE, modeBefore);
    }

    private static void set(String property, String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void theOptionsForceBackendAndMode(Flavor flavor) throws Exception {
        System.setProperty(MODE, "no such mode");
        try (CarrierLoop loop = flavor.start()) {
            assertThat(loop.backend().name()).isEqualTo(flavor.options().backend());
            assertThat(loop.mode().mode()).isEqualTo(flavor.options().mode());
            assertThat(loop.mode().reason()).isEqualTo("asked for");
            assertThat(loop).hasToString("CarrierLoop[" + flavor.options().name() + ", " + flavor.options().backend()
                    + ", " + flavor.options().mode().label() + "]");
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void theChoiceIsLoggedOnce(Flavor flavor) throws Exception {
        try (Logged logged = new Logged(Level.ALL); CarrierLoop loop = flavor.start()) {
            loop.run(() -> null);

            assertThat(logged.records()).filteredOn(entry -> entry.getMessage().contains("backend")).hasSize(1)
                    .allSatisfy(entry -> {
                        assertThat(entry.getLevel()).isEqualTo(Level.INFO);
                        assertThat(entry.getMessage()).isEqualTo(flavor.options().name() + ": backend "
                                + flavor.options().backend() + ", mode " + flavor.options().mode().label()
                                + " (asked for)");
                        assertThat(entry.getThrown()).isNull();
                    });
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void theSystemPropertiesForceBackendAndMode(Flavor flavor) throws Exception {
        System.setProperty(BACKEND, flavor.options().backend());
        System.setProperty(MODE, flavor.options().mode().label());
        try (CarrierLoop loop = flavor.start(LoopOptions.defaults())) {
            assertThat(loop.backend().name()).isEqualTo(flavor.options().backend());
            assertThat(loop.backend().refused()).isEmpty();
            assertThat(loop.mode().mode()).isEqualTo(flavor.options().mode());
        }
    }

    @Test
    void withNothingForcedTheFirstBackendThatIsNotRefusedRuns() throws Exception {
        try (CarrierLoop loop = CarrierLoop.start()) {
            List<String> names = Backends.names();
            String chosen = loop.backend().name();
            Map<String, String> refused = loop.backend().refused();
            assertThat(names).contains(chosen);
            assertThat(refused.keySet()).containsExactlyElementsOf(names.subList(0, names.indexOf(chosen)));
            assertThat(refused).doesNotContainValue("");
            assertThat(loop.backend()).hasToString(chosen + (refused.isEmpty() ? "" : refused.keySet().stream()
                    .map(name -> name + ": " + refused.get(name)).collect(Collectors.joining("; ", " (not ", ")"))));
            assertThat(loop.mode().reason()).isNotBlank();
            assertThat(loop.mode().toString()).startsWith(loop.mode().mode().label() + " (");
        }
    }

    @Test
    void aChoiceTellsInOneLineAllThatWereRefusedAndWhy() {
        Map<String, String> refused = new LinkedHashMap<>();
        assertThat(new BackendChoice("io_uring", refused)).hasToString("io_uring");
        refused.put("io_uring", "forbidden");
        assertThat(new BackendChoice("epoll", refused)).hasToString("epoll (not io_uring: forbidden)");
        refused.put("epoll", "no native access");
        assertThat(new BackendChoice("selector", refused))
                .hasToString("selector (not io_uring: forbidden; epoll: no native access)");
    }

    @Test
    void aBlankPropertyForcesNothing() throws Exception {
        System.setProperty(BACKEND, " ");
        System.setProperty(MODE, "");
        try (CarrierLoop loop = CarrierLoop.start()) {
            assertThat(loop.isOpen()).isTrue();
            assertThat(loop.mode().reason()).isNotEqualTo("asked for");
        }
    }

    @Test
    void anUnknownBackendIsRefusedByNameWithThoseThereAre() {
        assertThatThrownBy(() -> CarrierLoop.start(LoopOptions.defaults().withBackend("epol")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no backend \"epol\"; it has to be one of [io_uring, epoll, kqueue, selector]");
        System.setProperty(BACKEND, "kqueu");
        assertThatThrownBy(CarrierLoop::start)
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("\"kqueu\"");
    }

    @Test
    void anUnknownModeIsRefusedByNameWithThoseThereAre() {
        System.setProperty(MODE, "carred");
        assertThatThrownBy(CarrierLoop::start)
                .hasMessage("mode is \"carred\"; it has to be carried or handed-over");
    }

    @Test
    void aLoopThatCannotStartLeavesNoThread() {
        assertThatThrownBy(() -> CarrierLoop.start(LoopOptions.defaults().withName("never").withBackend("none")))
                .isInstanceOf(IllegalArgumentException.class);
        LoopRig.until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("never-loop")), () -> "never-loop runs");
    }

    @Test
    void theModesHaveTheNamesThatForceThem() {
        assertThat(LoopMode.CARRIED.label()).isEqualTo("carried");
        assertThat(LoopMode.HANDED_OVER.label()).isEqualTo("handed-over");
    }
}
