package dev.ringpark.bench.peer;

import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.dispatch.Request;
import dev.ringpark.dispatch.SocketHandle;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;

/** Ringpark without virtual threads: callbacks on one thread, with requests that each connection uses again. */
final class RingparkCallbacks implements EchoServer {
    @Override
    public void serve(SocketAddress address, int bufferBytes) throws Exception {
        boolean isUnix = address instanceof UnixDomainSocketAddress;
        try (var dispatcher = Dispatcher.open()) {
            var listener = dispatcher.openListener(
                    isUnix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET);
            listener.bind(address, BACKLOG);
            dispatcher.accept(listener, new Request<>(accepted -> {
                try {
                    var socket = accepted.result();
                    if (!isUnix) {
                        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    }
                    new Connection(dispatcher, socket, bufferBytes).receive();
                } catch (IOException e) {
                    BrokenConnections.report(e);
                }
                dispatcher.accept(listener, accepted);
            }));
            dispatcher.run();
        }
    }

    private static final class Connection {
        private final Dispatcher dispatcher;
        private final SocketHandle socket;
        private final ByteBuffer buffer;
        private final Request<ByteBuffer> received = new Request<>(this::received);
        private final Request<ByteBuffer> sent = new Request<>(this::sent);

        Connection(Dispatcher dispatcher, SocketHandle socket, int bufferBytes) {
            this.dispatcher = dispatcher;
            this.socket = socket;
            this.buffer = EchoBuffers.allocate(bufferBytes);
        }

        void receive() {
            dispatcher.receive(socket, buffer.clear(), received);
        }

        private void received(Request<ByteBuffer> request) {
            if (request.failure() == null && buffer.position() > 0) {
                dispatcher.send(socket, buffer.flip(), sent);
            } else {
                end(request.failure());
            }
        }

        private void sent(Request<ByteBuffer> request) {
            if (request.failure() != null) {
                end(request.failure());
            } else if (buffer.hasRemaining()) {
                dispatcher.send(socket, buffer, sent);
            } else {
                receive();
            }
        }

        private void end(IOException reason) {
            if (reason != null) {
                BrokenConnections.report(reason);
            }
            dispatcher.close(socket, _ -> { });
        }
    }
}
