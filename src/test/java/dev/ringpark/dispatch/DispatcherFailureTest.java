package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.platform.Backends;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A queue that fails for good: everything ends, everybody is told, and the rest can be closed; one that cannot begin
 * what it is asked; and one to which cancels come too late.
 */
class DispatcherFailureTest {
    private boolean fails;
    private boolean isDeaf;   // to cancels
    private @Nullable Throwable refusal;   // of what is submitted
    private @Nullable Backend real;

    @AfterEach
    void closeWhatAFailedQueueKeeps() {
        if (real != null) {
            real.close();
        }
    }

    @Test
    void everyRequestEndsWithTheReason() throws IOException {
        Dispatcher broken = open();
        SocketHandle listener = broken.openListener(StandardProtocolFamily.INET);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        List<Request<?>> ended = new ArrayList<>();
        Request<SocketHandle> accepted = broken.accept(listener, ended::add);
        Request<SocketHandle> waiting = broken.accept(listener, ended::add);
        Request<@Nullable Void> timeout = broken.timeout(Duration.ofDays(1), ended::add);
        broken.flush();
        fails = true;
        assertThatThrownBy(broken::run).isExactlyInstanceOf(IOException.class).hasMessage("on purpose");
        broken.run();

        assertThat(ended).containsExactlyInAnyOrder(accepted, waiting, timeout);
        assertThat(accepted.failure()).hasMessageContaining("I/O queue failed").hasRootCauseMessage("on purpose");
        assertThat(waiting.failure()).isExactlyInstanceOf(OperationCanceledException.class);
        assertThat(timeout.failure()).isExactlyInstanceOf(OperationCanceledException.class);
        assertThatThrownBy(broken::flush).isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("can only be closed");
        broken.close();
        assertThat(listener.isOpen()).isFalse();
    }

    @Test
    void aConnectionThatComesAfterACancelOfAllIsClosedAndForgotten() throws IOException {
        isDeaf = true;
        try (Dispatcher late = open()) {
            SocketHandle listener = late.openListener(StandardProtocolFamily.INET);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            List<Object> called = new ArrayList<>();
            Request<SocketHandle> accepted = late.accept(listener, called::add);
            late.flush();
            late.cancel(accepted);
            try (SocketChannel peer = SocketChannel.open(listener.localAddress())) {
                late.cancelAll();
                assertThat(peer.read(ByteBuffer.allocate(1))).as("closed").isEqualTo(-1);
            }
            assertThat(late.loop().openHandles()).as("the listener").isEqualTo(1);
            assertThat(called).isEmpty();
            isDeaf = false;
        }
    }

    @Test
    void aRequestThatTheQueueCannotBeginFailsAlone() throws IOException {
        try (Dispatcher dispatcher = open()) {
            SocketHandle listener = listener(dispatcher);
            refusal = new IllegalArgumentException("on purpose");
            Request<SocketHandle> refused = dispatcher.accept(listener, _ -> { });
            dispatcher.run();
            assertThat(refused.failure()).isInstanceOf(IOException.class).hasRootCause(refusal);
            refusal = null;
            Request<SocketHandle> accepted = dispatcher.accept(listener, _ -> { });
            SocketChannel.open(listener.localAddress()).close();
            dispatcher.run();
            assertThat(accepted.failure()).isNull();
            Request<@Nullable Void> closed = dispatcher.close(listener, _ -> { });
            dispatcher.run();
            assertThat(closed.failure()).isNull();
        }
    }

    @Test
    void anErrorHalfWayThroughASubmitIsTheEndOfTheQueue() throws IOException {
        Dispatcher dispatcher = open();
        SocketHandle listener = listener(dispatcher);
        Request<SocketHandle> before = dispatcher.accept(listener, _ -> { });
        SocketHandle other = listener(dispatcher);
        Request<SocketHandle> halfWay = new Request<>(_ -> { });
        refusal = new StackOverflowError("on purpose");
        assertThatThrownBy(() -> dispatcher.accept(other, halfWay)).isSameAs(refusal);
        refusal = null;
        dispatcher.run();

        assertThat(before.failure()).hasMessageContaining("I/O queue failed").hasRootCauseMessage("on purpose");
        assertThat(halfWay.failure()).hasMessageContaining("I/O queue failed").hasRootCauseMessage("on purpose");
        dispatcher.close();
        assertThat(listener.isOpen()).isFalse();
    }

    @Test
    void aQueueThatAnErrorHasEndedCanBeClosedAtOnce() throws IOException {
        Dispatcher dispatcher = open();
        SocketHandle listener = listener(dispatcher);
        refusal = new StackOverflowError("on purpose");
        assertThatThrownBy(() -> dispatcher.accept(listener, _ -> { })).isSameAs(refusal);
        refusal = null;
        dispatcher.close();

        assertThat(listener.isOpen()).isFalse();
    }

    private static SocketHandle listener(Dispatcher dispatcher) throws IOException {
        SocketHandle listener = dispatcher.openListener(StandardProtocolFamily.INET);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        return listener;
    }

    private Dispatcher open() throws IOException {
        Backends backends = new Backends("selector", Map.of(), new BackendOptions(16, 32, 1024, 4, 1));
        Dispatcher opened = new Dispatcher(backends, new CallbackLoop(
                (inFlight, completions, counters) -> failing(backends.open(inFlight, completions, counters)), 16), 1);
        return opened;
    }

    /** The same, but for polls from the moment on in which it is to fail, and for cancels it is not to hear. */
    private Backend failing(Backend whole) {
        real = whole;
        return (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class},
                (_, method, arguments) -> call(whole, method, arguments));
    }

    private @Nullable Object call(Backend whole, Method method, Object @Nullable [] arguments) throws Throwable {
        if (fails && method.getName().equals("poll")) {
            throw new IOException("on purpose");
        }
        if (refusal != null && method.getName().equals("submit")) {
            throw refusal;
        }
        if (isDeaf && method.getName().equals("cancel")) {
            return null;
        }
        try {
            return method.invoke(whole, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
