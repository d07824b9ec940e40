package dev.ringpark.internal.dispatch;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;

/** Gives each test a proactor with room for {@link #CAPACITY} operations, over a backend that follows a script. */
abstract class OpenProactor {
    static final int CAPACITY = 4;

    DispatchRig rig;
    Proactor proactor;
    FakeBackend backend;

    @BeforeEach
    final void open() throws IOException {
        rig = new DispatchRig(CAPACITY);
        proactor = rig.proactor;
        backend = rig.backend;
    }
}
