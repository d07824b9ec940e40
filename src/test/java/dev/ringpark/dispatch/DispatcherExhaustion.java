package dev.ringpark.dispatch;

import dev.ringpark.process.AllDescriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * A program of its own, to be started with a low limit of open files and from a folder of classes: a dispatcher that
 * has no descriptor for a client or a file, and whose failures are the first.
 */
public final class DispatcherExhaustion {
    private static final Path SOMETHING = Path.of("/dev/null");

    private final Dispatcher dispatcher;
    private final SocketHandle listener;
    private final SocketAddress address;

    private DispatcherExhaustion(Dispatcher dispatcher) throws IOException {
        this.dispatcher = dispatcher;
        this.listener = dispatcher.openListener(StandardProtocolFamily.INET);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
        this.address = listener.localAddress();
    }

    /** Takes a backend; tells one fact a line. */
    public static void main(String[] args) throws IOException {
        try (Dispatcher dispatcher = Dispatcher.open(DispatcherOptions.defaults().withBackend(args[0]))) {
            DispatcherExhaustion program = new DispatcherExhaustion(dispatcher);
            program.useOnce();
            program.run();
        }
    }

    /** Has loaded by then what needs no failure. */
    private void useOnce() throws IOException {
        SocketHandle client = dispatcher.openSocket(StandardProtocolFamily.INET);
        Request<SocketHandle> accepted = dispatcher.accept(listener, _ -> { });
        await(accepted, dispatcher.connect(client, address, _ -> { }));
        exchange(client, accepted.result());
        await(dispatcher.close(client, _ -> { }), dispatcher.close(accepted.result(), _ -> { }));
        Request<FileHandle> opened = dispatcher.open(SOMETHING, Set.of(), _ -> { });
        await(opened);
        await(dispatcher.close(opened.result(), _ -> { }));
    }

    private void run() throws IOException {
        SocketHandle client = dispatcher.openSocket(StandardProtocolFamily.INET);
        AllDescriptors taken = AllDescriptors.take();
        await(dispatcher.connect(client, address, _ -> { }));
        Request<SocketHandle> accepted = dispatcher.accept(listener, _ -> { });
        await(accepted);
        System.out.println("an accept: " + accepted.failure());
        Request<FileHandle> opened = dispatcher.open(SOMETHING, Set.of(), _ -> { });
        await(opened);
        System.out.println("an open: " + opened.failure());
        await(dispatcher.timeout(Duration.ofMillis(1), _ -> { }));
        taken.giveOneBack();
        accepted = dispatcher.accept(listener, _ -> { });
        await(accepted);
        System.out.println("a later accept: " + exchange(client, accepted.result()));
    }

    private int exchange(SocketHandle near, SocketHandle far) throws IOException {
        ByteBuffer received = ByteBuffer.allocate(1);
        await(dispatcher.send(near, ByteBuffer.wrap(new byte[] {7}), _ -> { }),
                dispatcher.receive(far, received, _ -> { }));
        return received.get(0);
    }

    private void await(Request<?>... requests) throws IOException {
        for (Request<?> request : requests) {
            dispatcher.runUntil(() -> !request.isPending());
        }
    }
}
