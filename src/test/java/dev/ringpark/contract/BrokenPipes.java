package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import dev.ringpark.StreamSocket;
import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.dispatch.DispatcherOptions;
import dev.ringpark.dispatch.FileHandle;
import dev.ringpark.dispatch.Request;
import dev.ringpark.dispatch.SocketHandle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** A program of its own that writes, in each way there is, to sockets whose peers have gone; then once to a pipe. */
public final class BrokenPipes {
    private static final int MOST = 10_000;

    private BrokenPipes() {}

    /** Takes a backend, a folder, and the path of a pipe there whose reader will have gone; tells each way's end. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        try (CarrierLoop loop = CarrierLoop.start(LoopOptions.defaults().withBackend(args[0]))) {
            loop.run(() -> {
                writeInAllWays(loop);
                return null;
            });
        }
        Path file = Files.write(folder.resolve("file"), new byte[100]);
        UnixDomainSocketAddress path = UnixDomainSocketAddress.of(folder.resolve("socket"));
        try (Dispatcher dispatcher = Dispatcher.open(DispatcherOptions.defaults().withBackend(args[0]))) {
            sendInAllWays(dispatcher, file, StandardProtocolFamily.INET,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            sendInAllWays(dispatcher, file, StandardProtocolFamily.UNIX, path);
        }
        writeToThePipe(Path.of(args[2]));
    }

    /** What fails with a broken pipe, sooner or later. */
    @FunctionalInterface
    private interface Way {
        void write() throws IOException;
    }

    private static void tell(String what, Way way) {
        for (int i = 0; i < MOST; i++) {
            try {
                way.write();
            } catch (IOException e) {
                System.out.println(what + ": " + e.getMessage());
                return;
            }
        }
        System.out.println(what + ": no end");
    }

    // ---- blocking ----

    /** Each to a peer of its own. */
    private static void writeInAllWays(CarrierLoop loop) throws IOException {
        ByteBuffer direct = ByteBuffer.allocateDirect(1);
        for (Family family : Family.values()) {
            StreamSocket array = socketWithoutPeer(loop, family);
            tell(family + " array", () -> array.write(new byte[1], 0, 1));
            StreamSocket lent = socketWithoutPeer(loop, family);
            tell(family + " direct", () -> lent.write(direct.clear()));
            StreamSocket gathering = socketWithoutPeer(loop, family);
            tell(family + " gather", () -> gathering.write(new ByteBuffer[] {direct.clear(), ByteBuffer.allocate(1)}));
            StreamSocket now = socketWithoutPeer(loop, family);
            tell(family + " now", () -> now.tryWrite(ByteBuffer.allocate(1)));
        }
    }

    private static StreamSocket socketWithoutPeer(CarrierLoop loop, Family family) throws IOException {
        Streams pair = family.streams(loop);
        pair.far().close();
        return pair.near();
    }

    // ---- callbacks ----

    private static void sendInAllWays(Dispatcher dispatcher, Path file, StandardProtocolFamily family,
            SocketAddress local) throws IOException {
        SocketHandle listener = dispatcher.openListener(family);
        listener.bind(local, 1);
        Request<SocketHandle> accepted = dispatcher.accept(listener, _ -> { });
        SocketHandle near = dispatcher.openSocket(family);
        dispatcher.connect(near, listener.localAddress(), _ -> { });
        Request<FileHandle> source = dispatcher.open(file, Set.of(StandardOpenOption.READ), _ -> { });
        dispatcher.run();
        dispatcher.close(accepted.result(), _ -> { });
        dispatcher.run();
        FileHandle opened = source.result();
        tell(family + " send", () -> end(dispatcher, dispatcher.send(near, ByteBuffer.allocate(1), _ -> { })));
        tell(family + " gathered send", () -> end(dispatcher,
                dispatcher.send(near, new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocate(1)}, _ -> { })));
        tell(family + " transfer", () -> end(dispatcher, dispatcher.transfer(opened, 0, 100, near, _ -> { })));
        tell(family + " send now", () -> near.trySend(ByteBuffer.allocate(1)));
    }

    private static void end(Dispatcher dispatcher, Request<?> request) throws IOException {
        dispatcher.run();
        request.count();
    }

    // ---- what a signal does come from ----

    private static void writeToThePipe(Path pipe) throws IOException {
        FileChannel reader = FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (FileChannel writer = FileChannel.open(pipe, StandardOpenOption.WRITE)) {
            reader.close();
            tell("pipe", () -> writer.write(ByteBuffer.allocate(1)));
        }
    }
}
