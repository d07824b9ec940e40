package dev.ringpark.dispatch;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;

/** Gives each test a dispatcher with room for {@link #CAPACITY} operations, over a backend that follows a script. */
abstract class OpenDispatcher {
    static final int CAPACITY = 4;

    DispatchRig rig;
    Dispatcher dispatcher;
    FakeBackend backend;

    @BeforeEach
    final void open() throws IOException {
        rig = new DispatchRig(CAPACITY);
        dispatcher = rig.dispatcher;
        backend = rig.backend;
    }
}
