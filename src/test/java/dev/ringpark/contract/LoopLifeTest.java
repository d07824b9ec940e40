package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A loop starts, closes, and leaves nothing behind. */
@ParameterizedClass(name = "{0}")
@EnumSource(Flavor.class)
class LoopLifeTest {
    @Parameter
    Flavor flavor;

    @Test
    void closeIsIdempotentAndTheLoopKnowsItIsClosed() throws Exception {
        CarrierLoop loop = flavor.start();
        assertThat(loop.isOpen()).isTrue();

        loop.close();
        loop.close();

        assertThat(loop.isOpen()).isFalse();
        assertThat(loop.toString()).endsWith(", closed]");
    }

    @Test
    void whatALogHandlerThrowsKeepsNoLoopFromItsStartOrEnd() throws Exception {
        Logger logger = Logger.getLogger("dev.ringpark");
        Handler broken = new BrokenHandler();
        logger.addHandler(broken);
        try (CarrierLoop loop = flavor.start()) {
            assertThat(loop.run(() -> "runs")).isEqualTo("runs");
        } finally {
            logger.removeHandler(broken);
        }
    }

    private static final class BrokenHandler extends Handler {
        @Override
        public void publish(LogRecord entry) {
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    @Test
    void manyThreadsMayCloseAtOnceAndEachReturnsToAClosedLoop() throws Exception {
        CarrierLoop loop = flavor.start();
        List<TcpSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sockets.add(LoopRig.pair(loop, loop).near());
        }
        CountDownLatch go = new CountDownLatch(1);
        List<LoopRig.Running<Boolean>> closers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            closers.add(LoopRig.startPlatform(() -> {
                go.await();
                loop.close();
                return sockets.stream().noneMatch(TcpSocket::isOpen);
            }));
        }

        go.countDown();

        for (LoopRig.Running<Boolean> closer : closers) {
            assertThat(closer.await()).isTrue();
        }
    }

    @Test
    void oneOfItsOwnThreadsMayCloseIt() throws Exception {
        CarrierLoop loop = flavor.start();
        TcpListener listener = TcpListener.bind(loop, LoopRig.loopback());

        Thread closer = loop.startVirtualThread(loop::close);

        LoopRig.join(closer);
        assertThat(listener.isOpen()).isFalse();
        loop.close();
        awaitNoThreadOf(loop);
    }

    @Test
    void anInterruptedThreadClosesItAllTheSameAndStaysInterrupted() throws Exception {
        CarrierLoop loop = flavor.start();
        TcpListener listener = TcpListener.bind(loop, LoopRig.loopback());

        boolean stillInterrupted = LoopRig.startPlatform(() -> {
            Thread.currentThread().interrupt();
            loop.close();
            return Thread.currentThread().isInterrupted();
        }).await();

        assertThat(stillInterrupted).isTrue();
        assertThat(listener.isOpen()).isFalse();
        awaitNoThreadOf(loop);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void noThreadAndNoDescriptorIsLeft() throws Exception {
        useAndClose();   // what is loaded once and stays is loaded now
        List<String> before = descriptors();

        for (int i = 0; i < 5; i++) {
            useAndClose();
        }

        assertThat(descriptors()).hasSizeLessThanOrEqualTo(before.size());
    }

    private void useAndClose() throws Exception {
        CarrierLoop loop = flavor.start();
        TcpListener listener = TcpListener.bind(loop, LoopRig.loopback());
        LoopRig.Pair pair = LoopRig.pair(loop, loop);
        List<Thread> parked = List.of(
                loop.startVirtualThread(() -> assertThatThrownBy(listener::accept)),
                loop.startVirtualThread(() -> readToTheEnd(pair.near())));
        parked.forEach(LoopRig::awaitParkedInCall);
        loop.close();
        awaitNoThreadOf(loop);
        for (Thread thread : parked) {
            LoopRig.join(thread);
        }
    }

    /** The end of the stream, if the peer is closed first; the exception, if not. */
    private static void readToTheEnd(TcpSocket socket) {
        try {
            assertThat(socket.read(new byte[1], 0, 1)).isEqualTo(-1);
        } catch (IOException closed) {
            assertThat(socket.isOpen()).isFalse();
        }
    }

    @Test
    void aClosedLoopMakesNoSocketAndRunsNothing() throws Exception {
        CarrierLoop loop = flavor.start();
        loop.close();

        assertThatThrownBy(() -> TcpSocket.open(loop)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> TcpListener.open(loop)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> loop.run(() -> 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> loop.startVirtualThread(() -> { })).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatOpensSocketsWhileTheLoopClosesGetsAnExceptionAndLeavesNoneOpen() throws Exception {
        CarrierLoop loop = flavor.start();
        CountDownLatch opened = new CountDownLatch(100);
        LoopRig.Running<List<TcpSocket>> opener = LoopRig.startPlatform(() -> openUntilRefused(loop, opened));
        opened.await();

        loop.close();

        assertThat(opener.await()).hasSizeGreaterThanOrEqualTo(100).noneMatch(TcpSocket::isOpen);
    }

    private static List<TcpSocket> openUntilRefused(CarrierLoop loop, CountDownLatch opened) {
        List<TcpSocket> sockets = new ArrayList<>();
        while (true) {
            try {
                sockets.add(TcpSocket.open(loop));
                opened.countDown();
            } catch (IOException | IllegalStateException refused) {
                return sockets;
            }
        }
    }

    /** The loop's end is told before its thread has run out. */
    private static void awaitNoThreadOf(CarrierLoop loop) {
        String name = loop.toString().replaceFirst("CarrierLoop\\[([^,]*),.*", "$1-loop");
        LoopRig.until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(each -> each.getName().equals(name)),
                () -> name + " still runs");
    }

    private static List<String> descriptors() throws IOException {
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            return links.map(Path::toString).toList();
        }
    }
}
