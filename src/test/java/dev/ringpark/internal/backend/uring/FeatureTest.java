package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.Feature.CLOSE;
import static dev.ringpark.internal.backend.uring.Feature.NO_IOWAIT;
import static dev.ringpark.internal.backend.uring.Feature.PBUF_RING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureTest {
    @ParameterizedTest
    @ValueSource(strings = {"6.1.0", "6.18.44-generic", "7.0", "10.2.3"})
    void ofANewKernelNothingBadIsKnown(String kernel) {
        assertThat(Feature.without(kernel, null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5.11.0", "5.15.0-91-generic", "6.0.19", "", "unknown"})
    void anOlderKernelOrOneThatNobodyKnowsIsNotAskedToClose(String kernel) {
        assertThat(Feature.without(kernel, null)).containsExactly(CLOSE);
    }

    @Test
    void thePropertyAddsToWhatIsKnown() {
        assertThat(Feature.without("6.18", " no_iowait ,PBUF_RING")).containsExactly(NO_IOWAIT, PBUF_RING);
        assertThat(Feature.without("5.15", "PBUF_RING")).containsExactly(PBUF_RING, CLOSE);
        assertThat(Feature.without("6.18", " ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SQPOLL", "CLOSE,", "CLOSE;PBUF_RING"})
    void aNameThatIsNoneIsRefusedWithThoseThereAre(String named) {
        assertThatThrownBy(() -> Feature.without("6.18", named)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("ringpark.io_uring.without: there is no feature \"")
                .hasMessageContaining("NO_SQARRAY, DEFER_TASKRUN");
    }
}
