package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.StreamListener;
import dev.ringpark.StreamSocket;
import dev.ringpark.TcpListener;
import dev.ringpark.process.OwnPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Gives each test a loop of its own, closes it, and looks that nothing is left: no call that has not ended, no thread
 * of the loop, no descriptor. A test may leave everything open and parked.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Flavor.class)
abstract class Contract {
    @Parameter Flavor flavor;
    CarrierLoop loop;

    private final List<AutoCloseable> outside = new ArrayList<>();
    private final List<Call<?>> calls = new ArrayList<>();
    private OpenDescriptors descriptors;

    @BeforeEach
    final void start() throws Exception {
        WarmUp.once();
        descriptors = new OpenDescriptors();
        loop = flavor.start();
    }

    @AfterEach
    final void closeAndLookWhatIsLeft() throws Exception {
        if (loop == null) {
            return;   // skipped
        }
        loop.close();
        Held.letGo();
        for (AutoCloseable each : outside.reversed()) {
            each.close();
        }
        for (Call<?> call : calls) {
            call.awaitEnd();
        }
        Eventually.until(() -> !hasLoopThread(), "ended the loop's thread");
        descriptors.assertNoMore();
    }

    private static boolean hasLoopThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith(Flavor.LOOP_NAME));
    }

    // ---- calls ----

    /** Has {@code body} run on a virtual thread of the loop. */
    <T extends @Nullable Object> Call<T> call(Callable<T> body) {
        return call(loop::startVirtualThread, body);
    }

    <T extends @Nullable Object> Call<T> call(Function<Runnable, Thread> starter, Callable<T> body) {
        Call<T> call = new Call<>(loop, starter, body);
        calls.add(call);
        return call;
    }

    /** Has {@code body} run on a virtual thread of the loop, and returns when that is parked in a call. */
    <T extends @Nullable Object> Call<T> parked(Callable<T> body) {
        return call(body).whenParked();
    }

    /** What {@code body} throws on a virtual thread of the loop. */
    Throwable failureOf(Callable<?> body) throws Exception {
        return call(body).failure();
    }

    // ---- connections ----

    /** An address of this machine at which nobody but the test will listen. */
    InetSocketAddress ownAddress() throws IOException {
        return closeLater(OwnPort.take()).address();
    }

    Pair pair() throws IOException {
        return Pair.on(loop);
    }

    /** The family that is tested; TCP, if none is said. */
    Family family() {
        return Family.TCP;
    }

    /** A connection of the family that is tested. */
    final Streams streams() throws IOException {
        return family().streams(loop);
    }

    /** The same with a far end of the JDK's. */
    final Foreign foreign() throws IOException {
        return closeLater(family().foreign(loop));
    }

    /** A listener of the family that is tested. */
    StreamListener listener() throws IOException {
        return Held.hold(family().bind(loop, ownAddressOfFamily()));
    }

    /** A connection to {@code listener}, which is of the family that is tested. */
    final Streams streamsTo(StreamListener listener) throws IOException {
        StreamSocket near = family().connect(loop, listener.getLocalAddress(), Duration.ZERO);
        return Held.hold(new Streams(near, listener.accept()));
    }

    /** An address of the family that is tested, at which nobody but the test will listen. */
    final SocketAddress ownAddressOfFamily() throws IOException {
        return family().address(this::closeLater);
    }

    /** An address of the family that is tested at which a connect waits; where it would not, the test is skipped. */
    final SocketAddress silentAddress() throws IOException {
        assumeTrue(family() == Family.TCP || flavor.isOn("io_uring"),
                "a Unix connect that finds the backlog full waits on io_uring, and fails at once elsewhere");
        return closeLater(new Blackhole(family(), ownAddressOfFamily())).address();
    }

    Outside outside() throws IOException {
        Outside connection = Outside.of(loop);
        closeLater(connection.far());
        return connection;
    }

    /** A peer of the JDK's that has connected to {@code listener}. */
    Socket peerOf(TcpListener listener) throws IOException {
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        Socket peer = closeLater(new Socket(address.getAddress(), address.getPort()));
        peer.setSoTimeout((int) Eventually.LONG_SECONDS * 1000);
        return peer;
    }

    /** The same for a listener of any family. */
    SocketChannel channelTo(StreamListener listener) throws IOException {
        return closeLater(SocketChannel.open(listener.getLocalAddress()));
    }

    /** Has {@code channel} read a byte; its reads know no timeout, so a thread of their own waits for them. */
    Call<Integer> callToRead(SocketChannel channel) {
        return call(Thread.ofPlatform()::start, () -> {
            ByteBuffer target = ByteBuffer.allocate(1);
            return channel.read(target) < 0 ? -1 : Byte.toUnsignedInt(target.get(0));
        });
    }

    /** Another loop of the same flavor. */
    CarrierLoop anotherLoop() throws IOException {
        return closeLater(flavor.start());
    }

    /** Checks that bytes get through, from the far end to the near one. */
    void assertPasses(Pair pair) throws Exception {
        assertPasses(new Streams(pair.near(), pair.far()));
    }

    /** Checks the same. */
    void assertPasses(Streams pair) throws Exception {
        call(() -> pair.far().write(Sequence.bytes(7), 0, 7)).result();
        assertThat(call(() -> Flow.read(pair.near(), 7, 7)).result()).isEqualTo(7);
    }

    /** Has {@code resource} closed after the test, when the loop is. */
    <R extends AutoCloseable> R closeLater(R resource) {
        outside.add(resource);
        return resource;
    }
}
