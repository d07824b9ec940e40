// EchoServer with callbacks in place of threads: samples/run CallbackEcho PORT

import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.dispatch.Request;
import dev.ringpark.dispatch.SocketHandle;

// @start region="callbacks"
void main(String[] args) throws Exception {
    try (var dispatcher = Dispatcher.open()) {
        SocketHandle listener = dispatcher.openListener(null);
        listener.bind(new InetSocketAddress(Integer.parseInt(args[0])), 128);
        IO.println("Echoing on " + listener.localAddress() + ", " + dispatcher.backend());
        dispatcher.accept(listener, new Request<>(accepted -> {
            try {
                new Client(dispatcher, accepted.result()).receive();
                dispatcher.accept(listener, accepted);
            } catch (IOException outOfDescriptors) {
                IO.println("accept: " + outOfDescriptors.getMessage());
                dispatcher.timeout(Duration.ofMillis(100), _ -> dispatcher.accept(listener, accepted));
            }
        }));
        dispatcher.run();
    }
}

/** What a blocking server keeps on the stack of a thread. */
class Client {
    final Dispatcher dispatcher;
    final SocketHandle socket;
    final ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
    final Request<ByteBuffer> received = new Request<>(this::received);
    final Request<ByteBuffer> sent = new Request<>(this::sent);

    Client(Dispatcher dispatcher, SocketHandle socket) {
        this.dispatcher = dispatcher;
        this.socket = socket;
    }

    void receive() {
        dispatcher.receive(socket, buffer.clear(), received);
    }

    void received(Request<ByteBuffer> request) {
        if (request.failure() == null && buffer.position() > 0) {
            dispatcher.send(socket, buffer.flip(), sent);
        } else {
            dispatcher.close(socket, _ -> { });   // the end, or a reset
        }
    }

    void sent(Request<ByteBuffer> request) {
        if (request.failure() != null) {
            dispatcher.close(socket, _ -> { });
        } else if (buffer.hasRemaining()) {
            dispatcher.send(socket, buffer, sent);   // there was room for a part
        } else {
            receive();
        }
    }
}
// @end
