package dev.ringpark.contract;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Gives each test a loop in a {@link LoopRig}, and closes it. */
@ParameterizedClass(name = "{0}")
@EnumSource(Flavor.class)
abstract class RiggedLoop {
    @Parameter
    Flavor flavor;

    LoopRig rig;

    @BeforeEach
    final void open() throws IOException {
        rig = new LoopRig(flavor);
    }

    @AfterEach
    final void close() {
        if (rig != null) {   // else it was skipped
            rig.close();
        }
    }
}
