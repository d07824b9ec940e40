package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.OpenDescriptors;
import dev.ringpark.contract.WarmUp;
import dev.ringpark.process.StandIn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Gives each test a dispatcher on each backend, closes it, and looks that no descriptor is left. */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "kqueue of freebsd", "selector"})
abstract class DispatcherContract {
    @Parameter String backend;
    Dispatcher dispatcher;

    private final List<AutoCloseable> outside = new ArrayList<>();
    private OpenDescriptors descriptors;

    @BeforeEach
    final void openDispatcher() throws Exception {
        WarmUp.once();
        descriptors = new OpenDescriptors();
        dispatcher = open(DispatcherOptions.defaults());
    }

    @AfterEach
    final void closeDispatcher() throws Exception {
        if (dispatcher == null) {
            return;   // skipped
        }
        dispatcher.close();
        for (AutoCloseable each : outside) {
            each.close();
        }
        descriptors.assertNoMore();
    }

    /** Where the backend cannot be had the test is skipped, with the reason the library gives. */
    final Dispatcher open(DispatcherOptions options) throws IOException {
        String name = StandIn.backend(backend);
        String asked = System.getProperty("ringpark.backend", name);
        Assumptions.assumeTrue(asked.equals(name), () -> "only " + asked + " is asked for");
        try {
            return Dispatcher.open(options.withBackend(name));
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage());
            Assumptions.assumeFalse(reason.startsWith("the forced"), reason);
            throw e;
        }
    }

    /** In place of the usual dispatcher. */
    final void reopen(DispatcherOptions options) throws IOException {
        dispatcher.close();
        dispatcher = open(options);
    }

    // ---- sockets ----

    final SocketHandle listener(int backlog) throws IOException {
        SocketHandle listener = dispatcher.openListener(StandardProtocolFamily.INET);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), backlog);
        return listener;
    }

    /** A socket that has not been opened by the dispatcher. */
    final SocketChannel outside(SocketHandle listener) throws IOException {
        SocketChannel channel = SocketChannel.open(listener.localAddress());
        outside.add(channel);
        return channel;
    }

    /** Both ends of a connection. */
    record Pair(SocketHandle near, SocketHandle far) {}

    final Pair pair() throws IOException {
        SocketHandle listener = listener(1);
        Request<SocketHandle> accepted = dispatcher.accept(listener, ignoring());
        SocketHandle near = dispatcher.openSocket(StandardProtocolFamily.INET);
        Request<SocketHandle> connected = dispatcher.connect(near, listener.localAddress(), ignoring());
        await(accepted, connected);
        await(dispatcher.close(listener, ignoring()));
        return new Pair(connected.result(), accepted.result());
    }

    /** A callback for those who look at the request themselves. */
    static <T> Consumer<T> ignoring() {
        return _ -> { };
    }

    final void await(Request<?>... requests) throws IOException {
        for (Request<?> request : requests) {
            dispatcher.runUntil(() -> !request.isPending());
        }
    }

    static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    static void assertHolds(ByteBuffer buffer, int... values) {
        assertThat(buffer.duplicate().flip()).isEqualTo(bytes(values));
    }
}
