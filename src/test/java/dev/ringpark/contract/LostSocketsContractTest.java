package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopFile;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A socket that was not closed, and that nobody has any more, is closed after the collector has been there. */
class LostSocketsContractTest extends Contract {
    private static final String LEAKS = "ringpark.leaks";

    @Test
    void thePeerOfALostSocketSeesTheEndOfTheStream() throws Exception {
        awaitEnd(farEndOfALostSocket());
    }

    @Test
    void aLostListenerIsClosedAndConnectingToItIsRefused() throws Exception {
        InetSocketAddress address = addressOfALostListener();

        Eventually.until(() -> {
            System.gc();
            return isRefused(address);
        }, "closed a lost listener");
    }

    @Test
    void aConnectionThatWasAcceptedAndLostIsClosed() throws Exception {
        try (TcpListener listener = TcpListener.bind(loop, Loopback.anyPort())) {
            Socket far = peerOf(listener);
            call(() -> listener.accept().isOpen()).result();

            awaitEnd(far);
        }
    }

    @Test
    void aSocketThatWasNeverConnectedIsClosedToo() throws Exception {
        OpenDescriptors before = new OpenDescriptors();
        assertThat(TcpSocket.open(loop).isOpen()).isTrue();

        collect();

        before.assertNoMore();
    }

    @Test
    void aLostFileIsClosedToo(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        OpenDescriptors before = new OpenDescriptors();
        assertThat(call(() -> LoopFile.open(loop, file).isOpen()).result()).isTrue();
        assertThat(before.more()).anyMatch(each -> each.endsWith(file.toString()));

        collect();

        before.assertNoMore();
    }

    @Test
    void aThousandLostSocketsAreAllClosed() throws Exception {
        OpenDescriptors before = new OpenDescriptors();
        for (int i = 0; i < 1_000; i++) {
            assertThat(TcpSocket.open(loop).isOpen()).isTrue();
        }

        collect();

        before.assertNoMore();
    }

    @Test
    void aStreamKeepsItsSocket() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, Loopback.anyPort().getAddress())) {
            InputStream in = TcpSocket.connect(loop, listener.getLocalSocketAddress()).in();
            Socket far = closeLater(listener.accept());

            collect();

            far.getOutputStream().write(7);
            assertThat(call(() -> in.read()).result()).isEqualTo(7);
        }
    }

    @Test
    void aThreadThatWaitsInAReadKeepsTheSocketThatNobodyElseHas() throws Exception {
        assertKeptByItsReader(loop::startVirtualThread);
        assertKeptByItsReader(Thread::startVirtualThread);
        assertKeptByItsReader(Thread.ofPlatform().daemon()::start);
        assertKeptByItsReader(anotherLoop()::startVirtualThread);
    }

    private void assertKeptByItsReader(Function<Runnable, Thread> starter) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, Loopback.anyPort().getAddress())) {
            int port = listener.getLocalPort();
            Call<Integer> read = call(starter,
                    () -> TcpSocket.connect(loop, Loopback.port(port)).read(new byte[1], 0, 1)).whenParked();
            Socket far = closeLater(listener.accept());

            collect();

            far.getOutputStream().write(1);
            assertThat(read.result()).isEqualTo(1);
        }
    }

    @Test
    void aThreadThatWaitsInAnAcceptKeepsItsListener() throws Exception {
        InetSocketAddress[] address = new InetSocketAddress[1];
        Call<Boolean> accept = parked(() -> {
            TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
            address[0] = (InetSocketAddress) listener.getLocalAddress();
            return listener.accept().isConnected();
        });

        collect();

        closeLater(new Socket(address[0].getAddress(), address[0].getPort()));
        assertThat(accept.result()).isTrue();
    }

    @Test
    void aLostSocketIsReportedWithThePlaceThatOpenedItAndAClosedOneIsNot() throws Exception {
        System.setProperty(LEAKS, "report");
        try (Logged logged = new Logged(Level.WARNING); CarrierLoop reporting = flavor.start()) {
            openAndClose(reporting);
            lose(reporting);

            Eventually.until(() -> {
                System.gc();
                return !lost(logged).isEmpty();
            }, "reported a lost socket");

            LogRecord record = lost(logged).getFirst();
            assertThat(record.getMessage()).startsWith(Flavor.LOOP_NAME + ": nobody has closed or can close ");
            assertThat(record.getThrown()).hasMessageStartingWith("TcpSocket opened by ");
            assertThat(record.getThrown().getStackTrace()).extracting(StackTraceElement::getMethodName)
                    .contains("lose").doesNotContain("openAndClose");
            collect();
            assertThat(lost(logged)).hasSize(1);
        } finally {
            System.clearProperty(LEAKS);
        }
    }

    @Test
    void aLostListenerAndBothEndsOfAConnectionAreReportedWithThePlacesThatOpenedThem() throws Exception {
        System.setProperty(LEAKS, "report");
        try (Logged logged = new Logged(Level.WARNING); CarrierLoop reporting = flavor.start()) {
            loseAConnection(reporting);
            loseAListener(reporting);

            Eventually.until(() -> {
                System.gc();
                return reports(logged).size() >= 3;
            }, () -> "reported all three: " + reports(logged));

            assertThat(reports(logged)).containsExactlyInAnyOrder(
                    "TcpSocket opened by loseAConnection", "TcpSocket opened by loseAConnection",
                    "TcpListener opened by loseAListener");
        } finally {
            System.clearProperty(LEAKS);
        }
    }

    private static List<String> reports(Logged logged) {
        return lost(logged).stream().map(LostSocketsContractTest::report).toList();
    }

    /** Whatever was said but that a loop stalls, as one may on a busy machine. */
    private static List<LogRecord> lost(Logged logged) {
        return logged.records().stream().filter(each -> !each.getMessage().contains(": no turn of the loop for "))
                .toList();
    }

    /** What was lost, and which method of this test had opened it. */
    private static String report(LogRecord record) {
        String message = record.getThrown().getMessage();
        String method = Arrays.stream(record.getThrown().getStackTrace()).map(StackTraceElement::getMethodName)
                .filter(each -> each.startsWith("loseA")).findFirst().orElse("nobody");
        return message.substring(0, message.indexOf(" by ")) + " by " + method;
    }

    private static void loseAConnection(CarrierLoop loop) throws IOException {
        try (TcpListener listener = TcpListener.bind(loop, Loopback.anyPort())) {
            assertThat(TcpSocket.connect(loop, listener.getLocalAddress()).isOpen()).isTrue();
            assertThat(listener.accept().isOpen()).isTrue();
        }
    }

    private static void loseAListener(CarrierLoop loop) throws IOException {
        assertThat(TcpListener.bind(loop, Loopback.anyPort()).isOpen()).isTrue();
    }

    @Test
    void withoutTheFlagALostSocketIsClosedWithoutAWord() throws Exception {
        try (Logged logged = new Logged(Level.WARNING)) {
            collect();

            assertThat(lost(logged)).isEmpty();
        }
    }

    @Test
    void anUnknownReportIsRefused() {
        System.setProperty(LEAKS, "shout");
        try {
            assertThatThrownBy(flavor::start).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("leaks is \"shout\"; it has to be report, or nothing");
        } finally {
            System.clearProperty(LEAKS);
        }
    }

    private static void openAndClose(CarrierLoop loop) throws IOException {
        TcpSocket.open(loop).close();
    }

    private static void lose(CarrierLoop loop) throws IOException {
        assertThat(TcpSocket.open(loop).isOpen()).isTrue();
    }

    /** Returns when whatever was lost before has been found and closed: when a further socket has. */
    private void collect() throws IOException {
        awaitEnd(farEndOfALostSocket());
        awaitEnd(farEndOfALostSocket());   // what the collector found late, in an older generation
    }

    private Socket farEndOfALostSocket() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, Loopback.anyPort().getAddress())) {
            assertThat(TcpSocket.connect(loop, listener.getLocalSocketAddress()).isOpen()).isTrue();
            Socket far = closeLater(listener.accept());
            far.setSoTimeout((int) Eventually.LONG_SECONDS * 1000);
            return far;
        }
    }

    private InetSocketAddress addressOfALostListener() throws IOException {
        return (InetSocketAddress) TcpListener.bind(loop, Loopback.anyPort()).getLocalAddress();
    }

    private static void awaitEnd(Socket far) throws IOException {
        far.setSoTimeout(50);   // a collection takes as long, and the next one cannot make the end come sooner
        Eventually.until(() -> {
            System.gc();
            return isAtItsEnd(far);
        }, "closed a lost socket");
        far.close();
    }

    private static boolean isAtItsEnd(Socket far) {
        try {
            return far.getInputStream().read() < 0;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isRefused(InetSocketAddress address) {
        try (Socket knocking = new Socket(address.getAddress(), address.getPort())) {
            return !knocking.isConnected();
        } catch (ConnectException refused) {
            return true;
        } catch (IOException resetAsTheListenerCloses) {
            return false;
        }
    }
}
